/* gemv_24bit_plan.h - how weights of 24 bits lie in memory. The kernel (gemv_24bit.h) and the compiler, which
 * packs the weights, both use it: C99 and C++.
 *
 * For each panel of 16 outputs, 64 steps of the sum share a scale per output: the largest magnitude among
 * their weights over 2^23 - 1. A weight is scale * (65536 * high + low), rounded to the nearest: it is off by
 * at most half the last bit of that largest one. A stretch of 64 steps:
 *
 *     float scale[16]; then per four steps  uint16 low[4][16], int8 high[4][16]
 *
 * the last stretch being as much shorter as there are fewer steps, in fours; missing ones are 0. */
#ifndef SNUG_GEMV_24BIT_PLAN_H
#define SNUG_GEMV_24BIT_PLAN_H

#include <stddef.h>

enum { SNUG_24BIT_STRETCH = 64, SNUG_24BIT_FOUR_BYTES = 4 * 16 * 3, SNUG_24BIT_SCALE_BYTES = 16 * 4 };

/* From a panel to the next. Those of 128 KiB or more begin at the middle of a page of 4 KiB where the one
 * before begins at its start, and the other way round: memory gives streams that run side by side at the same
 * places of their pages up to a seventh less. */
static inline ptrdiff_t snug_24bit_panel_bytes(ptrdiff_t steps)
{
    const ptrdiff_t stretches = (steps + SNUG_24BIT_STRETCH - 1) / SNUG_24BIT_STRETCH,
                    fours = (steps + 3) / 4;
    const ptrdiff_t bytes = stretches * SNUG_24BIT_SCALE_BYTES + fours * SNUG_24BIT_FOUR_BYTES;
    return bytes < 131072 ? bytes : bytes + (4096 + 2048 - bytes % 4096) % 4096;
}

#endif
