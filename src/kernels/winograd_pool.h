/* winograd_pool.h - a Winograd convolution on channel blocks and the pool that alone reads it, in one kernel:
 * see winograd.h, whose macros must be defined, and conv_pool.h.
 *
 * The idea. The loops of winograd.h give 16 channels of a block of tiles at a time. These go to a stage that
 * stays in the cache, and from there every window that is complete is pooled at once: the map between, often
 * the largest tensor of a network, does not exist. Where windows reach beyond a block, the last rows and
 * columns of each 16 channels are kept and put in front of the next block, so nothing is computed twice:
 *
 *                     kept columns
 *                    .---.-----------.
 *     kept rows      |   |           |      above: of all columns, for the next row of blocks
 *                    |---|-----------|      left:  of all rows of a stage, for the next block
 *                    |   |           |
 *                    |   | tiles of  |      stage --windows that are complete--> output
 *                    |   | the block |
 *                    '---'-----------'
 *
 * Where windows of 2 x 2 at stride 2 take the largest value, and tiles are of even size, every window lies in
 * a tile and the transform back pools in registers (winograd_pool_tile.h): there is no stage then. `block` is
 * the number of tiles in a block.
 *
 * Workspace in floats: that of the convolution on channel blocks, then
 *
 *     stage  [kept rows + rows of a block][kept columns + columns of a block][16]
 *     above  [K / 16][kept rows][width][16]
 *     left   [K / 16][rows of the stage][kept columns][16]
 *
 * When it wins: in time wherever 2 x 2 values are pooled in tiles, most where the map between leaves the
 * second-level cache or even the third; with windows that overlap it takes as long as the two kernels. In
 * memory always but on maps of a few tiles, of which all rows are kept.
 *
 * Measured, one core with a peak of 118 GFLOP/s (AVX-512), 3 x 3 and padding 1, F(6x6, 3x3) unless noted, the
 * best knob of each, ms and what lies between or is kept:
 *
 *      C, K, map            pool            convolution, then pool     in one
 *      64, 64, 224 x 224    2 x 2, 2        9.35    12.3 MiB           8.23    none
 *     128, 128, 112 x 112   2 x 2, 2        8.06     6.1 MiB           7.44    none
 *     256, 256, 56 x 56     2 x 2, 2        7.85     3.1 MiB           7.51    none
 *     512, 512, 28 x 28     2 x 2, 2        7.73     1.5 MiB           7.14    none
 *     512, 512, 14 x 14     2 x 2, 2        2.22     392 KiB           2.10    12 KiB
 *     64, 192, 56 x 56      3 x 3, 2        1.53     2.3 MiB           1.54   133 KiB
 *     64, 192, 27 x 27      3 x 3, 2        0.76     547 KiB           0.76    46 KiB    F(4x4, 5x5) */
#ifndef SNUG_WINOGRAD_POOL_H
#define SNUG_WINOGRAD_POOL_H

#include "conv_pool.h"
#include "winograd.h"
#include "winograd_pool_plan.h"
#include "winograd_pool_tile.h"

typedef struct snug_winograd_pool_run {
    snug_winograd_run conv;
    snug_winograd_pool_plan plan;
    const snug_layer *pool;
    snug_window_axis y, x;           /* with the block at hand added */
    snug_window_axis next_y, next_x; /* and without what only it reads */
    float *stage, *above, *left;
} snug_winograd_pool_run;

/* Pixels of 16 channels. */
static inline void snug_copy_pixels(int32_t rows, int32_t columns, const float *from, ptrdiff_t from_row,
                                    float *to, ptrdiff_t to_row)
{
    for (int32_t y = 0; y < rows; y++)
        memcpy(to + y * to_row, from + y * from_row, (size_t)columns * 16 * sizeof(float));
}

/* One panel of a block whose products are there: the transform back, and the windows that are complete.
 * above, left: what is kept of the panel's channels. */
static inline void snug_winograd_pool_stage(const snug_winograd_pool_run *run,
                                            const snug_winograd_block *block, int32_t panels, int32_t panel,
                                            int32_t lanes, const float *bias, float *above, float *left,
                                            float *output)
{
    const snug_window_axis *y = &run->y, *x = &run->x;
    const int32_t begin_y = block->y * run->conv.plan.y.size, begin_x = block->x * run->conv.plan.x.size;
    const int32_t kept_rows = begin_y - y->first, kept_columns = begin_x - x->first;
    const int32_t rows = y->done - y->first, columns = x->done - begin_x;
    const ptrdiff_t row = (ptrdiff_t)run->plan.stage_width * 16, above_row = (ptrdiff_t)x->extent * 16,
                    left_row = (ptrdiff_t)run->plan.kept_columns * 16;
    float *const fresh = run->stage + kept_columns * 16;
    above += begin_x * 16;
    snug_copy_pixels(kept_rows, columns, above, above_row, fresh, row);
    snug_copy_pixels(rows, kept_columns, left, left_row, run->stage, row);
    snug_winograd_outputs(&run->conv, block, panels, panel, lanes, bias, NULL, fresh + kept_rows * row);
    snug_pool_completed(run->pool, y, x, run->stage, output);
    if (y->done < y->extent)
        snug_copy_pixels(y->done - run->next_y.first, columns, fresh + (run->next_y.first - y->first) * row,
                         row, above, above_row);
    if (x->done < x->extent)
        snug_copy_pixels(rows, x->done - run->next_x.first, run->stage + (run->next_x.first - x->first) * 16,
                         row, left, left_row);
}

static inline void snug_winograd_pool_block(const snug_winograd_pool_run *run,
                                            const snug_winograd_block *block, const float *input,
                                            const float *weights, const float *bias, float *output)
{
    const snug_layer *layer = run->conv.layer;
    snug_winograd_inputs(&run->conv, block, input);
    for (int32_t group = 0, panels; group * 16 < layer->out_channels; group += panels) {
        panels = snug_winograd_multiply_panels(&run->conv, block, group, weights);
        for (int32_t panel = 0; panel < panels; panel++) {
            const int32_t at = group + panel, lanes = snug_winograd_least(16, layer->out_channels - at * 16);
            float *const out = output + (ptrdiff_t)at * run->pool->out_plane;
            if (run->plan.in_tiles)
                snug_winograd_pool_tiles(&run->conv, block, panels, panel, run->pool, bias + at * 16, out);
            else
                snug_winograd_pool_stage(run, block, panels, panel, lanes, bias + at * 16,
                                         run->above + at * run->plan.above_floats,
                                         run->left + at * run->plan.left_floats, out);
        }
    }
}

static inline void snug_winograd_pool(const snug_layer *layer, const float *input, const float *weights,
                                      const float *bias, float *output, float *workspace)
{
    snug_layer conv = snug_convolution_of(layer, 0, 0, layer->block);
    const snug_channel_groups groups = {layer->in_plane, 1, 0, 1, 0, 1, 1};
    snug_winograd_pool_run run;
    run.conv = snug_winograd_start(&conv, &groups, workspace);
    run.plan = snug_winograd_pool_plan_of(layer, &run.conv.plan);
    run.stage = run.conv.stage;
    run.above = run.stage + run.plan.stage_floats;
    run.left = run.above + (layer->out_channels + 15) / 16 * run.plan.above_floats;
    conv.out_row = run.plan.stage_width * 16;
    snug_layer pool = snug_pool_of(layer, &conv);
    pool.in_channels = 16;
    run.pool = &pool;
    run.y = run.plan.y;
    const snug_winograd_plan *plan = &run.conv.plan;
    snug_winograd_block block;
    for (int32_t y = 0; run.y.end < run.y.windows; y += block.rows, run.y = run.next_y) {
        snug_winograd_set_rows(plan, y, &block);
        run.conv.top = y * plan->y.size;
        snug_window_axis_add(&run.y, snug_window_axis_next(&run.y, plan->rows * plan->y.size));
        run.next_y = run.y;
        snug_window_axis_keep(&run.next_y);
        run.x = run.plan.x;
        for (int32_t x = 0; run.x.end < run.x.windows; x += block.columns, run.x = run.next_x) {
            snug_winograd_set_columns(plan, x, &block);
            run.conv.left = x * plan->x.size;
            snug_window_axis_add(&run.x, snug_window_axis_next(&run.x, plan->columns * plan->x.size));
            run.next_x = run.x;
            snug_window_axis_keep(&run.next_x);
            snug_winograd_pool_block(&run, &block, input, weights, bias, output);
        }
    }
    snug_winograd_stop(&run.conv);
}

#endif
