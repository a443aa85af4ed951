/* fma_peak.c - the fused multiply-adds that one core can do. */
#include "fma_peak.h"

#include "simd.h"

/* Two units with a latency of four or five cycles need ten chains; sixteen registers leave room for twelve
 * and the factor. */
#define CHAINS(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define COUNT_CHAIN(i) +1.0

double fma_chains_flops(long count) { return 2.0 * SNUG_VL * (CHAINS(COUNT_CHAIN)) * (double)count; }

float fma_chains(long count)
{
    const snug_vec factor = snug_set1(0.999F), addend = snug_set1(1e-3F);
#define START(i) snug_vec chain##i = snug_set1(1.0F + 0.01F * (i));
#define STEP(i) chain##i = snug_fma(chain##i, factor, addend);
#define ADD(i) sum = snug_add(sum, chain##i);
    CHAINS(START)
    SNUG_NO_UNROLL
    for (long i = 0; i < count; ++i) {
        CHAINS(STEP)
    }
    snug_vec sum = snug_set1(0.0F);
    CHAINS(ADD)
    float lanes[SNUG_VL];
    snug_store(lanes, sum);
    return lanes[0];
}
