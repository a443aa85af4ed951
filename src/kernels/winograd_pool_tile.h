/* winograd_pool_tile.h - the transform back of tiles of even size whose outputs are pooled at once: the
 * largest of every 2 x 2. Bias and limits come after the pool, to a quarter of the values: neither changes
 * which of them is the largest. Part of winograd_pool.h. */
#ifndef SNUG_WINOGRAD_POOL_TILE_H
#define SNUG_WINOGRAD_POOL_TILE_H

#include "winograd.h"

/* A^T along one row, and the larger of every two outputs. */
SNUG_WINOGRAD_INLINE void snug_winograd_larger_of_pairs(const int m, const float *in, snug_vec *larger)
{
    const int n = m + SNUG_WINOGRAD_KERNEL - 1;
    snug_vec d[SNUG_WINOGRAD_SIDE], o[SNUG_WINOGRAD_SIDE];
    for (int j = 0; j < n; j++)
        d[j] = snug_load(in + j * SNUG_VL);
    snug_winograd_output(m, n, d, o);
    for (int j = 0; j < m / 2; j++)
        larger[j] = snug_max_or_nan(o[2 * j], o[2 * j + 1]);
}

/* A^T along pairs of rows, pool, bias and limits. */
SNUG_WINOGRAD_INLINE void snug_winograd_largest_along(const int m, const snug_winograd_finish *finish,
                                                      const float *in, const float *bias, float *out)
{
    const snug_vec offset = snug_load(bias), low = snug_set1(finish->low), high = snug_set1(finish->high);
    const int clamp = finish->clamp;
    SNUG_NO_UNROLL
    for (int32_t i = 0; i < finish->height; i += 2, out += finish->out_row) {
        snug_vec largest[SNUG_WINOGRAD_SIDE / 2], below[SNUG_WINOGRAD_SIDE / 2];
        snug_winograd_larger_of_pairs(m, in + i * SNUG_WINOGRAD_SIDE * SNUG_VL, largest);
        snug_winograd_larger_of_pairs(m, in + (i + 1) * SNUG_WINOGRAD_SIDE * SNUG_VL, below);
        for (int j = 0; j < m / 2; j++)
            largest[j] = snug_add(snug_max_or_nan(largest[j], below[j]), offset);
        if (clamp) {
            for (int j = 0; j < m / 2; j++)
                largest[j] = snug_min(high, snug_max(low, largest[j]));
        }
        for (int j = 0; j < m / 2; j++)
            snug_store(out + j * finish->out_pixel, largest[j]);
    }
}

/* A^T m A of one tile and 16 channels, pooled, finished and stored. */
static SNUG_NOINLINE void snug_winograd_back_largest(const snug_winograd_finish *finish, const float *points,
                                                     ptrdiff_t row, const ptrdiff_t *at, const float *bias,
                                                     float *out)
{
    float rows[SNUG_WINOGRAD_SIDE * SNUG_WINOGRAD_SIDE * SNUG_VL] SNUG_WINOGRAD_ALIGNED;
    for (int32_t y = 0; y < finish->height / 2; y++)
        for (int32_t x = 0; x < finish->width / 2; x++)
            SNUG_PREFETCH_WRITE(out + y * finish->out_row + x * finish->out_pixel);
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        snug_winograd_rows_back(finish, points + lane, row, at, rows);
        switch (finish->width) {
#if SNUG_WINOGRAD_OUTPUT_WIDTH >= 6
        case 6:
            snug_winograd_largest_along(6, finish, rows, bias + lane, out + lane);
            break;
#endif
#if SNUG_WINOGRAD_OUTPUT_WIDTH >= 4
        case 4:
            snug_winograd_largest_along(4, finish, rows, bias + lane, out + lane);
            break;
#endif
        default:
            snug_winograd_largest_along(2, finish, rows, bias + lane, out + lane);
            break;
        }
    }
}

/* One panel of a block: the transform back of every tile. */
static inline void snug_winograd_pool_tiles(const snug_winograd_run *run, const snug_winograd_block *block,
                                            int32_t panels, int32_t panel, const snug_layer *pool,
                                            const float *bias, float *output)
{
    const snug_winograd_plan *plan = &run->plan;
    snug_winograd_finish finish = {
        0, 0, pool->out_row, pool->out_pixel, 0, 0, snug_has_limits(pool), snug_low(pool), snug_high(pool)};
    for (int32_t y = 0; y < block->rows; y++)
        for (int32_t x = 0; x < block->columns; x++) {
            snug_winograd_place place;
            snug_winograd_find(run, block, y, x, plan->out_point, (ptrdiff_t)panels * 16, &place);
            finish.height = place.height;
            finish.width = place.width;
            snug_winograd_back_largest(
                &finish, run->out + panel * 16, plan->x.points * plan->out_point, place.at, bias,
                output + place.top / 2 * finish.out_row + place.left / 2 * finish.out_pixel);
        }
}

#endif
