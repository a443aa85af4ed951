/* machine_peak.c - what one core can do at most. */
#include "machine_peak.h"

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

float read_floats(const float *floats, long count)
{
    snug_vec sum0 = snug_set1(0.0F), sum1 = sum0, sum2 = sum0, sum3 = sum0;
    const long part = count / 4;
    for (long i = 0; i < part; i += SNUG_VL) {
        sum0 = snug_add(sum0, snug_load(floats + i));
        sum1 = snug_add(sum1, snug_load(floats + part + i));
        sum2 = snug_add(sum2, snug_load(floats + 2 * part + i));
        sum3 = snug_add(sum3, snug_load(floats + 3 * part + i));
    }
    float lanes[SNUG_VL];
    snug_store(lanes, snug_add(snug_add(sum0, sum1), snug_add(sum2, sum3)));
    return lanes[0];
}

float move_floats(const float *from, long read, float *to, long written)
{
    read -= read % 256;
    written -= written % 256;
    const long both = read < written ? read : written;
    for (long i = 0; i < both; i += SNUG_VL)
        snug_store(to + i, snug_load(from + i));
    const snug_vec nothing = snug_set1(0.0F);
    for (long i = both; i < written; i += SNUG_VL)
        snug_store(to + i, nothing);
    return read_floats(from + both, read - both);
}
