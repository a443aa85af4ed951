/* fma_peak.h - the fused multiply-adds that one core can do. */
#ifndef SNUG_FMA_PEAK_H
#define SNUG_FMA_PEAK_H

#ifdef __cplusplus
extern "C" {
#endif

/* Floating-point operations in one call of fma_chains(count). */
double fma_chains_flops(long count);

/* Does nothing but vector multiply-adds, in enough independent chains to hide their latency. Returns their
 * sum, so that no compiler drops them. */
float fma_chains(long count);

#ifdef __cplusplus
}
#endif

#endif
