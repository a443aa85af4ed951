/* copy.h - runs of floats copied and filled. */
#ifndef SNUG_COPY_H
#define SNUG_COPY_H

#include <string.h>

#include "simd.h"
#include "snug.h"

static inline void snug_copy(float *to, const float *from, int32_t floats)
{
    memcpy(to, from, (size_t)floats * sizeof(float));
}

static inline void snug_copy_16(float *to, const float *from)
{
    for (int32_t i = 0; i < 16; i += SNUG_VL)
        snug_store(to + i, snug_load(from + i));
}

static inline void snug_fill(float *to, float value, int32_t floats)
{
    int32_t i = 0;
    for (; i + SNUG_VL <= floats; i += SNUG_VL)
        snug_store(to + i, snug_set1(value));
    for (; i < floats; ++i)
        to[i] = value;
}

#endif
