/* winograd.h - 2-D Winograd convolution F(m x m, r x r), stride 1, in any layout. Define
 * SNUG_WINOGRAD_OUTPUT_HEIGHT and _WIDTH as the largest tile (1 ... 6, with the kernel at most 8 points) and
 * SNUG_WINOGRAD_KERNEL as r before including it, and SNUG_WINOGRAD_INT8X3 for products by tiles of bytes on
 * channel blocks (winograd_int8x3.h).
 *
 * The idea. A tile of m outputs of a filter with r taps is a product of polynomials, transposed, and can be
 * had with m + r - 1 multiplications instead of m r (S. Winograd, Arithmetic Complexity of Computations,
 * 1980). In two dimensions, Y = A^T [ (G g G^T) * (B^T d B) ] A: the sum over input channels can be taken
 * before A^T, so that at each of (m + r - 1)^2 points it is a matrix product of tiles x channels x channels
 * (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, arXiv 1509.09308). G g G^T is made when
 * the weights are packed.
 *
 * Mixed tiles. Whole tiles rarely cover a map. 14 outputs in tiles of 4 take 4 tiles and 24 points where 22
 * are needed, 7 take 12 instead of 11, and this in both dimensions. Here the tiles cover the map exactly: all
 * have the same size but the last row and the last column.
 *
 *        14 x 14, tiles up to 6 x 6            7 x 7, tiles up to 2 x 4
 *      .---------.---------.-------.          .-------.-----.
 *      |  5 x 5  |  5 x 5  | 5 x 4 |          | 2 x 4 |2 x 3|
 *      |         |         |       |          |-------|-----|
 *      |---------|---------|-------|          | 2 x 4 |2 x 3|
 *      |  5 x 5  |  5 x 5  | 5 x 4 |          |-------|-----|
 *      |         |         |       |          | 2 x 4 |2 x 3|
 *      |---------|---------|-------|          |-------|-----|
 *      |  4 x 5  |  4 x 5  | 4 x 4 |          | 1 x 4 |1 x 3|
 *      '---------'---------'-------'          '-------'-----'
 *       400 points, 49 in a tile               165 points, 24 in a tile
 *
 * A smaller tile uses the first of the larger one's points (winograd_transform.h), hence the same transformed
 * weights. Some points have fewer tiles then: their matrix product has fewer rows, and that is all. A map
 * that needs no 6 x 6 tile has no weights for one either.
 *
 * The loops. Tiles go in blocks of about layer->block: a part of a row of tiles, or some rows. The inputs of
 * a block are transformed for all channels; then per 32 output channels and per point comes a matrix product
 * (winograd_gemm.h), and the transform back, with bias, residual, limits and the store:
 *
 *     for block of tiles
 *         for 16 input channels, for tile              B^T d B            map -> in  [C/16][point][tile][16]
 *         for 32 output channels
 *             for point                                in * weights       in  -> out [point][tile][32]
 *             for tile                                 A^T m A, epilogue  out -> map
 *
 * Weights are read once per block, in the order in which they are stored, [K/32][point][K: 2][C][16], each
 * point's while the one before is multiplied. A small block keeps `in` in the second-level cache and the
 * workspace small; a large one reads the weights less often. Tiles at the edge read zeros in place of what
 * lies outside the map; no input is copied, unless its layout does not hold 16 channels together: planar
 * maps, and the last channels of an HWC map. There 16 channels of a block are gathered and scattered.
 *
 * Workspace in floats, for T tiles in a block, P points in a tile, G groups of 16 input channels:
 *
 *     in     [G][P][T | 1][16]
 *     out    [P][2 T | 1][16]       [P][T | 1][16] for at most 16 output channels
 *     stage  [input pixels of a block][16]    where 16 channels do not lie together
 *
 * T | 1: made odd, which keeps points off the same sets of the cache.
 *
 * When it wins: nearly always where r = 3, the stride is 1 and there are 32 channels or more. 6 x 6 from 28 x
 * 28 pixels on, or for speed at any price of flash; 4 x 4 or 2 x 4 where the weights, (m + r - 1)^2 / r^2
 * times their plain size, are what limits: few pixels, many channels. 2 x 2 where accuracy counts.
 *
 * Measured, one core with a peak of 118 GFLOP/s (AVX-512), c16, padding 1, in GFLOP/s of a direct
 * convolution, with the weights in the cache or not:
 *
 *      C = K, map        tile   hot  cold
 *      64, 224 x 224    6 x 6   426   425
 *      64, 56 x 56      6 x 6   456   440
 *     128, 112 x 112    6 x 6   484   478
 *     128, 28 x 28      6 x 6   494   442
 *     256, 56 x 56      6 x 6   472   452
 *     256, 14 x 14      6 x 6   464   357
 *     512, 28 x 28      6 x 6   464   467
 *     512, 14 x 14      6 x 6   365   379
 *                       4 x 4   342   332
 *     512, 7 x 7        2 x 4   263   208
 *                       2 x 2   216   187
 */
#ifndef SNUG_WINOGRAD_H
#define SNUG_WINOGRAD_H

#include "epilogue.h"
#include "transpose.h"
#include "winograd_transform.h"
#ifdef SNUG_WINOGRAD_INT8X3
#include "winograd_int8x3.h"
#else
#include "winograd_gemm.h"
#endif

/* How a layout stores 16 channels: from one such group to the next, and from channel to channel. */
typedef struct snug_channel_groups {
    ptrdiff_t in_group, in_lane;
    ptrdiff_t other_group, other_lane;
    ptrdiff_t out_group, out_lane;
    int whole_groups; /* 1: all 16 lanes exist even in the last group */
} snug_channel_groups;

/* Everything about a run that does not change. */
typedef struct snug_winograd_run {
    const snug_layer *layer;
    const snug_channel_groups *groups;
    snug_winograd_plan plan;
    int32_t top, left; /* of the map: where `output` begins */
    float *in, *out, *stage;
#ifdef SNUG_WINOGRAD_INT8X3
    snug_winograd_digits digits;
#endif
    float factors[4][SNUG_WINOGRAD_SIDE *
                     SNUG_WINOGRAD_SIDE]; /* [last row][last column]: see snug_winograd_factor */
} snug_winograd_run;

/* Tiles that are transformed together. */
typedef struct snug_winograd_block {
    int32_t y, x, rows, columns; /* in tiles */
    int32_t short_y,
        short_x; /* points of the last row's, last column's tiles if they are here, else of all */
} snug_winograd_block;

static inline void snug_winograd_make_factors(snug_winograd_run *run)
{
    const snug_winograd_axis *y = &run->plan.y, *x = &run->plan.x;
    for (int32_t last = 0; last < 4; last++) {
        const int32_t height = last & 2 ? y->last_points : y->points,
                      width = last & 1 ? x->last_points : x->points;
        for (int32_t i = 0; i < height; i++)
            for (int32_t j = 0; j < width; j++)
                run->factors[last][i * SNUG_WINOGRAD_SIDE + j] =
                    snug_winograd_factor(i, height, y->points) * snug_winograd_factor(j, width, x->points);
    }
}

/* Of a block's tiles in one dimension, those that have this point. */
static inline int32_t snug_winograd_count(int32_t tiles, int32_t short_points, int32_t point)
{
    return point < short_points ? tiles : tiles - 1;
}

/* A tile of a block: its place in the output, its size, and where its points lie. */
typedef struct snug_winograd_place {
    int32_t top, left, height, width;
    int is_last; /* 0, or 2 in the last row + 1 in the last column where those tiles are smaller */
    ptrdiff_t at[SNUG_WINOGRAD_SIDE];
} snug_winograd_place;

/* step: floats from point to point, tile: from tile to tile. Tiles that have a point are stored without gaps.
 */
static inline void snug_winograd_find(const snug_winograd_run *run, const snug_winograd_block *block,
                                      int32_t row, int32_t column, ptrdiff_t step, ptrdiff_t tile,
                                      snug_winograd_place *place)
{
    const snug_winograd_axis *y = &run->plan.y, *x = &run->plan.x;
    const int last_row = block->y + row + 1 == y->tiles, last_column = block->x + column + 1 == x->tiles;
    place->top = (block->y + row) * y->size;
    place->left = (block->x + column) * x->size;
    place->height = last_row ? y->last : y->size;
    place->width = last_column ? x->last : x->size;
    place->is_last = (place->height < y->size ? 2 : 0) + (place->width < x->size ? 1 : 0);
    for (int32_t j = 0; j < x->points; j++)
        place->at[j] =
            j * step + (row * snug_winograd_count(block->columns, block->short_x, j) + column) * tile;
}

/* The patch of a tile in the map, or in the stage, where all of it exists. */
static inline snug_winograd_patch snug_winograd_patch_of(const snug_winograd_run *run,
                                                         const snug_winograd_block *block,
                                                         const snug_winograd_place *place, int staged)
{
    const snug_layer *layer = run->layer;
    snug_winograd_patch patch;
    patch.height = place->height + SNUG_WINOGRAD_KERNEL - 1;
    patch.width = place->width + SNUG_WINOGRAD_KERNEL - 1;
    patch.top = patch.left = 0;
    patch.bottom = patch.height;
    patch.right = patch.width;
    if (staged) {
        patch.pixel = 16;
        patch.row = (ptrdiff_t)run->plan.stage_width * 16;
        patch.origin = (place->top - block->y * run->plan.y.size) * patch.row +
                       (place->left - block->x * run->plan.x.size) * patch.pixel;
    } else {
        const int32_t top = place->top - layer->pad_top, left = place->left - layer->pad_left;
        patch.pixel = layer->in_pixel;
        patch.row = layer->in_row;
        patch.origin = top * patch.row + left * patch.pixel;
        patch.top = top < 0 ? -top : 0;
        patch.left = left < 0 ? -left : 0;
        patch.bottom = snug_winograd_least(patch.height, layer->in_height - top);
        patch.right = snug_winograd_least(patch.width, layer->in_width - left);
    }
    return patch;
}

/* Gathers the block's inputs of up to 16 channels, with zeros around the map and for channels that do not
 * exist. */
static inline void snug_winograd_gather(const snug_winograd_run *run, const snug_winograd_block *block,
                                        const float *from, int32_t lanes)
{
    const snug_layer *layer = run->layer;
    const ptrdiff_t lane_step = run->groups->in_lane;
    const int32_t width = run->plan.stage_width;
    const int32_t height = block->rows * run->plan.y.size + SNUG_WINOGRAD_KERNEL - 1;
    const int32_t top = block->y * run->plan.y.size - layer->pad_top;
    const int32_t left = block->x * run->plan.x.size - layer->pad_left;
    const int32_t first = left < 0 ? -left : 0, end = snug_winograd_least(width, layer->in_width - left);
    memset(run->stage, 0, (size_t)height * (size_t)width * 16 * sizeof(float));
    for (int32_t y = 0; y < height; y++) {
        if (top + y < 0 || top + y >= layer->in_height || first >= end)
            continue;
        const float *row =
            from + (ptrdiff_t)(top + y) * layer->in_row + (ptrdiff_t)(left + first) * layer->in_pixel;
        float *to = run->stage + ((ptrdiff_t)y * width + first) * 16;
        if (lane_step == 1)
            for (int32_t x = first; x < end; x++, row += layer->in_pixel, to += 16)
                for (int32_t lane = 0; lane < lanes; lane++)
                    to[lane] = row[lane];
        else
            snug_transpose(row, lane_step, to, 16, lanes, end - first);
    }
}

/* The transformed inputs of a block, of 16 channels. */
static inline void snug_winograd_input_group(const snug_winograd_run *run, const snug_winograd_block *block,
                                             int32_t group, const float *input, float *in)
{
    const snug_winograd_plan *plan = &run->plan;
    const ptrdiff_t row = plan->x.points * plan->in_point;
    const float *map = input + group * run->groups->in_group;
    const int32_t lanes = snug_winograd_least(16, run->layer->in_channels - group * 16);
    const int staged = run->groups->in_lane != 1 || (lanes < 16 && !run->groups->whole_groups);
    if (staged) {
        snug_winograd_gather(run, block, map, lanes);
        map = run->stage;
    }
    for (int32_t y = 0; y < block->rows; y++)
        for (int32_t x = 0; x < block->columns; x++) {
            snug_winograd_place place;
            snug_winograd_find(run, block, y, x, plan->in_point, 16, &place);
            const snug_winograd_patch patch = snug_winograd_patch_of(run, block, &place, staged);
            const int whole = patch.top == 0 && patch.left == 0 && patch.bottom == patch.height &&
                              patch.right == patch.width;
            snug_winograd_forward(&patch, whole, place.is_last ? run->factors[place.is_last] : NULL, map, in,
                                  row, place.at);
        }
}

/* Of a block's tiles, those that have point (i, j). */
static inline int32_t snug_winograd_tiles(const snug_winograd_block *block, int32_t i, int32_t j)
{
    return snug_winograd_count(block->rows, block->short_y, i) *
           snug_winograd_count(block->columns, block->short_x, j);
}

#ifdef SNUG_WINOGRAD_INT8X3
#include "winograd_int8x3_products.h"
#else
#include "winograd_products.h"
#endif

/* Copies a finished block of up to 16 channels between the map and the stage, as far as channels exist. */
static inline void snug_winograd_scatter(const snug_winograd_run *run, const snug_winograd_block *block,
                                         int32_t lanes, float *map)
{
    const snug_layer *layer = run->layer;
    const ptrdiff_t lane_step = run->groups->out_lane;
    const int32_t width = run->plan.stage_width;
    const int32_t top = block->y * run->plan.y.size, left = block->x * run->plan.x.size;
    const int32_t height = snug_winograd_least(block->rows * run->plan.y.size, layer->out_height - top);
    const int32_t count = snug_winograd_least(block->columns * run->plan.x.size, layer->out_width - left);
    for (int32_t y = 0; y < height; y++) {
        const float *from = run->stage + (ptrdiff_t)y * width * 16;
        float *to = map + (ptrdiff_t)(top + y) * layer->out_row + (ptrdiff_t)left * layer->out_pixel;
        if (lane_step == 1)
            for (int32_t x = 0; x < count; x++, from += 16, to += layer->out_pixel)
                for (int32_t lane = 0; lane < lanes; lane++)
                    to[lane] = from[lane];
        else
            snug_transpose(from, 16, to, lane_step, count, lanes);
    }
}

/* The block's part of a residual, in the stage. */
static inline void snug_winograd_gather_residual(const snug_winograd_run *run,
                                                 const snug_winograd_block *block, int32_t lanes,
                                                 const float *map)
{
    const snug_layer *layer = run->layer;
    const ptrdiff_t lane_step = run->groups->other_lane;
    const int32_t width = run->plan.stage_width;
    const int32_t top = block->y * run->plan.y.size, left = block->x * run->plan.x.size;
    const int32_t height = snug_winograd_least(block->rows * run->plan.y.size, layer->out_height - top);
    const int32_t count = snug_winograd_least(block->columns * run->plan.x.size, layer->out_width - left);
    memset(run->stage, 0, (size_t)height * (size_t)width * 16 * sizeof(float));
    for (int32_t y = 0; y < height; y++) {
        float *to = run->stage + (ptrdiff_t)y * width * 16;
        const float *from =
            map + (ptrdiff_t)(top + y) * layer->other_row + (ptrdiff_t)left * layer->other_pixel;
        if (lane_step == 1)
            for (int32_t x = 0; x < count; x++, to += 16, from += layer->other_pixel)
                for (int32_t lane = 0; lane < lanes; lane++)
                    to[lane] = from[lane];
        else
            snug_transpose(from, lane_step, to, 16, lanes, count);
    }
}

/* The activations that are no limits, on a tile. */
static inline void snug_winograd_activate(const snug_layer *layer, const snug_winograd_finish *finish,
                                          float *out)
{
    for (int32_t y = 0; y < finish->height; y++)
        for (int32_t x = 0; x < finish->width; x++)
            snug_activate(layer, out + y * finish->out_row + x * finish->out_pixel, 16);
}

/* One panel of a block: the transform back of every tile, into the map or, where 16 channels do not lie
 * together, into the stage. panel: which of the panels that were multiplied together. */
static inline void snug_winograd_outputs(const snug_winograd_run *run, const snug_winograd_block *block,
                                         int32_t panels, int32_t panel, int32_t lanes, const float *bias,
                                         const float *residual, float *map)
{
    const snug_winograd_plan *plan = &run->plan;
    const snug_layer *layer = run->layer;
    const int staged = run->groups->out_lane != 1 || (lanes < 16 && !run->groups->whole_groups);
    const ptrdiff_t stage_row = (ptrdiff_t)plan->stage_width * 16;
    snug_winograd_finish finish = {0,
                                   0,
                                   layer->out_row,
                                   layer->out_pixel,
                                   layer->other_row,
                                   layer->other_pixel,
                                   snug_has_limits(layer),
                                   snug_low(layer),
                                   snug_high(layer)};
    if (staged) {
        if (residual)
            snug_winograd_gather_residual(run, block, lanes, residual);
        finish.out_row = finish.add_row = stage_row;
        finish.out_pixel = finish.add_pixel = 16;
    }
    for (int32_t y = 0; y < block->rows; y++)
        for (int32_t x = 0; x < block->columns; x++) {
            snug_winograd_place place;
            snug_winograd_find(run, block, y, x, plan->out_point, (ptrdiff_t)panels * 16, &place);
            finish.height = place.height;
            finish.width = place.width;
            float *out;
            const float *add = NULL;
            if (staged) {
                out = run->stage + y * plan->y.size * stage_row + x * plan->x.size * 16;
                if (residual)
                    add = out;
            } else {
                out = map + (place.top - run->top) * finish.out_row +
                      (place.left - run->left) * finish.out_pixel;
                if (residual)
                    add = residual + place.top * finish.add_row + place.left * finish.add_pixel;
            }
            snug_winograd_back(&finish, run->out + panel * 16, plan->x.points * plan->out_point, place.at,
                               bias, add, out);
            if (!snug_only_limits(layer))
                snug_winograd_activate(layer, &finish, out);
        }
    if (staged)
        snug_winograd_scatter(run, block, lanes, map);
}

/* The products of a block with up to SNUG_WINOGRAD_PANELS panels from panel `first` on. Returns how many. */
static inline int32_t snug_winograd_multiply_panels(const snug_winograd_run *run,
                                                    const snug_winograd_block *block, int32_t first,
                                                    const float *weights)
{
    const snug_winograd_plan *plan = &run->plan;
    const int32_t groups = (run->layer->out_channels + 15) / 16;
    const int32_t panels = snug_winograd_least(SNUG_WINOGRAD_PANELS, groups - first);
    const ptrdiff_t panel_floats = plan->y.points * plan->x.points * snug_winograd_weight_floats(run);
    snug_winograd_products(run, block, panels, weights + first * panel_floats);
    return panels;
}

static inline void snug_winograd_run_block(const snug_winograd_run *run, const snug_winograd_block *block,
                                           const float *input, const float *weights, const float *bias,
                                           const float *residual, float *output)
{
    snug_winograd_inputs(run, block, input);
    for (int32_t group = 0, panels; group * 16 < run->layer->out_channels; group += panels) {
        panels = snug_winograd_multiply_panels(run, block, group, weights);
        for (int32_t panel = 0; panel < panels; panel++) {
            const int32_t at = group + panel,
                          lanes = snug_winograd_least(16, run->layer->out_channels - at * 16);
            snug_winograd_outputs(run, block, panels, panel, lanes, bias + at * 16,
                                  residual ? residual + at * run->groups->other_group : NULL,
                                  output + at * run->groups->out_group);
        }
    }
}

/* The rows, the columns of a block that begins at tile y, at tile x. */
static inline void snug_winograd_set_rows(const snug_winograd_plan *plan, int32_t y,
                                          snug_winograd_block *block)
{
    block->y = y;
    block->rows = snug_winograd_least(plan->rows, plan->y.tiles - y);
    block->short_y = y + block->rows == plan->y.tiles ? plan->y.last_points : plan->y.points;
}

static inline void snug_winograd_set_columns(const snug_winograd_plan *plan, int32_t x,
                                             snug_winograd_block *block)
{
    block->x = x;
    block->columns = snug_winograd_least(plan->columns, plan->x.tiles - x);
    block->short_x = x + block->columns == plan->x.tiles ? plan->x.last_points : plan->x.points;
}

static inline snug_winograd_run snug_winograd_start(const snug_layer *layer,
                                                    const snug_channel_groups *groups, float *workspace)
{
    snug_winograd_run run;
    run.layer = layer;
    run.groups = groups;
    run.plan = snug_winograd_plan_of(layer, SNUG_WINOGRAD_OUTPUT_HEIGHT, SNUG_WINOGRAD_OUTPUT_WIDTH,
                                     snug_winograd_stages(layer, groups->in_lane != 1, groups->whole_groups));
    run.top = run.left = 0;
    snug_winograd_lay_out(&run, workspace);
    snug_winograd_make_factors(&run);
    return run;
}

static inline void snug_winograd(const snug_layer *layer, const snug_channel_groups *groups,
                                 const float *input, const float *weights, const float *bias,
                                 const float *residual, float *output, float *workspace)
{
    const snug_winograd_run run = snug_winograd_start(layer, groups, workspace);
    const snug_winograd_plan *plan = &run.plan;
    snug_winograd_block block;
    for (int32_t y = 0; y < plan->y.tiles; y += block.rows) {
        snug_winograd_set_rows(plan, y, &block);
        for (int32_t x = 0; x < plan->x.tiles; x += block.columns) {
            snug_winograd_set_columns(plan, x, &block);
            snug_winograd_run_block(&run, &block, input, weights, bias, residual, output);
        }
    }
    snug_winograd_stop(&run);
}

static inline void snug_winograd_c16(const snug_layer *layer, const float *input, const float *weights,
                                     const float *bias, const float *residual, float *output, void *workspace)
{
    const snug_channel_groups groups = {layer->in_plane, 1, layer->other_plane, 1, layer->out_plane, 1, 1};
    snug_winograd(layer, &groups, input, weights, bias, residual, output, (float *)workspace);
}

static inline void snug_winograd_hwc(const snug_layer *layer, const float *input, const float *weights,
                                     const float *bias, const float *residual, float *output, void *workspace)
{
    const snug_channel_groups groups = {16, 1, 16, 1, 16, 1, 0};
    snug_winograd(layer, &groups, input, weights, bias, residual, output, (float *)workspace);
}

static inline void snug_winograd_chw(const snug_layer *layer, const float *input, const float *weights,
                                     const float *bias, const float *residual, float *output, void *workspace)
{
    const ptrdiff_t in = layer->in_plane, other = layer->other_plane, out = layer->out_plane;
    const snug_channel_groups groups = {16 * in, in, 16 * other, other, 16 * out, out, 0};
    snug_winograd(layer, &groups, input, weights, bias, residual, output, (float *)workspace);
}

#endif
