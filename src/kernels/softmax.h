/* softmax.h - the three steps of a softmax over neighbouring floats. */
#ifndef SNUG_SOFTMAX_H
#define SNUG_SOFTMAX_H

#include "functions.h"
#include "long_sum.h"
#include "snug.h"

/* A sum of sums, and what its rounding has lost so far (Kahan). Without it, a hundred million values come to
 * a sum that is wrong by a tenth. */
typedef struct snug_compensated {
    float sum, lost;
} snug_compensated;

static inline void snug_add_compensated(snug_compensated *total, float value)
{
    const float added = value - total->lost, sum = total->sum + added;
    total->lost = (sum - total->sum) - added;
    total->sum = sum;
}

static inline float snug_softmax_max(const float *input, int32_t floats)
{
    float max = input[0];
    int32_t i = 0;
    if (floats >= SNUG_VL) {
        snug_vec lanes = snug_load(input);
        for (i = SNUG_VL; i + SNUG_VL <= floats; i += SNUG_VL)
            lanes = snug_max(lanes, snug_load(input + i));
        max = snug_max_of_lanes(lanes);
    }
    for (; i < floats; ++i)
        max = input[i] > max ? input[i] : max;
    return max;
}

/* output = exp(input - max); returns the sum. At most SNUG_LONGEST_SUM floats. */
static inline float snug_softmax_stretch(const float *input, float *output, float max, int32_t floats)
{
    const snug_vec largest = snug_set1(max);
    snug_vec lanes = snug_set1(0);
    int32_t i = 0;
    for (; i + SNUG_VL <= floats; i += SNUG_VL) {
        const snug_vec value = snug_exp(snug_sub(snug_load(input + i), largest));
        snug_store(output + i, value);
        lanes = snug_add(lanes, value);
    }
    float sum = snug_sum_of_lanes(lanes);
    if (i < floats) {
        snug_store_some(output + i, snug_exp(snug_sub(snug_load_some(input + i, floats - i), largest)),
                        floats - i);
        for (; i < floats; ++i)
            sum += output[i];
    }
    return sum;
}

/* The same of any number. */
static inline float snug_softmax_exp(const float *input, float *output, float max, int32_t floats)
{
    snug_compensated total = {0, 0};
    for (int32_t i = 0; i < floats; i += SNUG_LONGEST_SUM) {
        const int32_t left = floats - i;
        const int32_t now = left < SNUG_LONGEST_SUM ? left : SNUG_LONGEST_SUM;
        snug_add_compensated(&total, snug_softmax_stretch(input + i, output + i, max, now));
    }
    return total.sum;
}

static inline void snug_softmax_scale(float *output, float factor, int32_t floats)
{
    const snug_vec factors = snug_set1(factor);
    int32_t i = 0;
    for (; i + SNUG_VL <= floats; i += SNUG_VL)
        snug_store(output + i, snug_mul(snug_load(output + i), factors));
    for (; i < floats; ++i)
        output[i] *= factor;
}

static inline void snug_softmax_run(const float *input, float *output, int32_t floats)
{
    const float sum = snug_softmax_exp(input, output, snug_softmax_max(input, floats), floats);
    snug_softmax_scale(output, 1 / sum, floats);
}

#endif
