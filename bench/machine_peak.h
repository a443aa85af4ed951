/* machine_peak.h - what one core can do at most: fused multiply-adds, reading from memory, and moving data. */
#ifndef SNUG_MACHINE_PEAK_H
#define SNUG_MACHINE_PEAK_H

#ifdef __cplusplus
extern "C" {
#endif

/* Floating-point operations in one call of fma_chains(count). */
double fma_chains_flops(long count);

/* Does nothing but vector multiply-adds, in enough independent chains to hide their latency. Returns their
 * sum, so that no compiler drops them. */
float fma_chains(long count);

/* The sum of `count` floats, a multiple of 256: from four places of them at once, which keeps more of the
 * memory's pages open than one. */
float read_floats(const float* floats, long count);

/* Reads and writes so many floats and does nothing else: copies where there are both, in order. Returns the sum of
 * those that are only read. Counts are rounded down to multiples of 256. */
float move_floats(const float* from, long read, float* to, long written);

#ifdef __cplusplus
}
#endif

#endif
