/* copy.h - runs of floats copied and filled. */
#ifndef SNUG_COPY_H
#define SNUG_COPY_H

#include <string.h>

#include "functions.h"
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

/* count: 1 ... 16. */
static inline void snug_copy_channels(float *to, const float *from, int32_t count)
{
    for (int32_t i = 0; i < count; i += SNUG_VL) {
        const snug_some lanes = snug_lanes(count - i < SNUG_VL ? count - i : SNUG_VL);
        snug_store_lanes(to + i, snug_load_lanes(from + i, lanes), lanes);
    }
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
