/* winograd.h - Winograd convolution F(m x m, 3x3), stride 1, in any layout. Define SNUG_WINOGRAD_OUTPUT as m
 * (2, 4 or 6) before including it.
 *
 * Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308: a tile of m x m
 * outputs comes from (m + 2)^2 inputs by Y = A^T [ (G g G^T) * (B^T d B) ] A, so the sum over channels
 * becomes (m + 2)^2 matrix products of tiles x channels. G g G^T is made when the weights are packed.
 *
 * Tiles go in blocks of layer->block: their inputs are transformed for all channels, then per 16 output
 * channels come the products and the transform back, with bias, residual and activation. A small block keeps
 * the transformed inputs in the cache and the workspace small; a large one reads the weights less often.
 *
 * Workspace, with P = (m + 2)^2 points, T tiles in a block, C channels rounded up to 16:
 *     inputs  [P][T * C + 16]     products [P][T * 16 + 16]     floats; the 16 keep points off the same cache
 * sets */
#ifndef SNUG_WINOGRAD_H
#define SNUG_WINOGRAD_H

#include "epilogue.h"
#include "gemm.h"

#define SNUG_WINOGRAD_SIDE (SNUG_WINOGRAD_OUTPUT + 2)
#define SNUG_WINOGRAD_POINTS (SNUG_WINOGRAD_SIDE * SNUG_WINOGRAD_SIDE)

/* How a layout stores 16 channels: from one such group to the next, and from channel to channel. */
typedef struct snug_channel_groups {
    ptrdiff_t in_group, in_lane;
    ptrdiff_t other_group, other_lane;
    ptrdiff_t out_group, out_lane;
    int whole_groups; /* 1: all 16 lanes exist even in the last group */
} snug_channel_groups;

/* B^T on SIDE vectors, step apart. */
static inline void snug_winograd_input(const float *in, ptrdiff_t step, float *out, ptrdiff_t out_step)
{
#define SNUG_IN(i) const snug_vec d##i = snug_load(in + (i) * step);
#define SNUG_OUT(i, value) snug_store(out + (i) * out_step, value);
#define SNUG_TIMES(factor, v) snug_mul(snug_set1(factor), v)
#define SNUG_TIMES_PLUS(factor, v, w) snug_fma(snug_set1(factor), v, w)
    SNUG_IN(0)
    SNUG_IN(1)
    SNUG_IN(2)
    SNUG_IN(3)
#if SNUG_WINOGRAD_OUTPUT == 2
    SNUG_OUT(0, snug_sub(d0, d2))
    SNUG_OUT(1, snug_add(d1, d2)) SNUG_OUT(2, snug_sub(d2, d1)) SNUG_OUT(3, snug_sub(d1, d3))
#elif SNUG_WINOGRAD_OUTPUT == 4
    SNUG_IN(4)
    SNUG_IN(5) const snug_vec even = SNUG_TIMES_PLUS(-4.0f, d2, d4), odd = SNUG_TIMES_PLUS(-4.0f, d1, d3);
    const snug_vec even2 = snug_sub(d4, d2), odd2 = SNUG_TIMES(2.0f, snug_sub(d3, d1));
    SNUG_OUT(0, SNUG_TIMES_PLUS(4.0f, d0, SNUG_TIMES_PLUS(-5.0f, d2, d4)))
    SNUG_OUT(1, snug_add(even, odd))
    SNUG_OUT(2, snug_sub(even, odd))
    SNUG_OUT(3, snug_add(even2, odd2))
    SNUG_OUT(4, snug_sub(even2, odd2))
    SNUG_OUT(5, SNUG_TIMES_PLUS(4.0f, d1, SNUG_TIMES_PLUS(-5.0f, d3, d5)))
#else
    SNUG_IN(4)
    SNUG_IN(5) SNUG_IN(6) SNUG_IN(7) const snug_vec even1 = SNUG_TIMES_PLUS(-4.25f, d4, snug_add(d2, d6));
    const snug_vec odd1 = SNUG_TIMES_PLUS(-4.25f, d3, snug_add(d1, d5));
    const snug_vec even2 = SNUG_TIMES_PLUS(0.25f, d2, SNUG_TIMES_PLUS(-1.25f, d4, d6));
    const snug_vec odd2 = SNUG_TIMES_PLUS(0.5f, d1, SNUG_TIMES_PLUS(-2.5f, d3, SNUG_TIMES(2.0f, d5)));
    const snug_vec even3 = SNUG_TIMES_PLUS(4.0f, d2, SNUG_TIMES_PLUS(-5.0f, d4, d6));
    const snug_vec odd3 = SNUG_TIMES_PLUS(2.0f, d1, SNUG_TIMES_PLUS(-2.5f, d3, SNUG_TIMES(0.5f, d5)));
    SNUG_OUT(0, SNUG_TIMES_PLUS(5.25f, snug_sub(d4, d2), snug_sub(d0, d6)))
    SNUG_OUT(1, snug_add(even1, odd1))
    SNUG_OUT(2, snug_sub(even1, odd1))
    SNUG_OUT(3, snug_add(even2, odd2))
    SNUG_OUT(4, snug_sub(even2, odd2))
    SNUG_OUT(5, snug_add(even3, odd3))
    SNUG_OUT(6, snug_sub(even3, odd3))
    SNUG_OUT(7, SNUG_TIMES_PLUS(5.25f, snug_sub(d3, d5), snug_sub(d7, d1)))
#endif
}

/* A^T on SIDE vectors, step apart. */
static inline void snug_winograd_output(const float *in, ptrdiff_t step, float *out, ptrdiff_t out_step)
{
    SNUG_IN(0)
    SNUG_IN(1)
    SNUG_IN(2)
    SNUG_IN(3)
#if SNUG_WINOGRAD_OUTPUT == 2
    SNUG_OUT(0, snug_add(d0, snug_add(d1, d2))) SNUG_OUT(1, snug_sub(snug_sub(d1, d2), d3))
#elif SNUG_WINOGRAD_OUTPUT == 4
    SNUG_IN(4) SNUG_IN(5) const snug_vec sum1 = snug_add(d1, d2), difference1 = snug_sub(d1, d2);
    const snug_vec sum2 = snug_add(d3, d4), difference2 = snug_sub(d3, d4);
    SNUG_OUT(0, snug_add(d0, snug_add(sum1, sum2)))
    SNUG_OUT(1, SNUG_TIMES_PLUS(2.0f, difference2, difference1))
    SNUG_OUT(2, SNUG_TIMES_PLUS(4.0f, sum2, sum1))
    SNUG_OUT(3, snug_add(d5, SNUG_TIMES_PLUS(8.0f, difference2, difference1)))
#else
    SNUG_IN(4)
    SNUG_IN(5) SNUG_IN(6) SNUG_IN(7) const snug_vec sum1 = snug_add(d1, d2), difference1 = snug_sub(d1, d2);
    const snug_vec sum2 = snug_add(d3, d4), difference2 = snug_sub(d3, d4);
    const snug_vec sum3 = snug_add(d5, d6), difference3 = snug_sub(d5, d6);
    SNUG_OUT(0, snug_add(snug_add(d0, sum1), snug_add(sum2, sum3)))
    SNUG_OUT(1, SNUG_TIMES_PLUS(0.5f, difference3, SNUG_TIMES_PLUS(2.0f, difference2, difference1)))
    SNUG_OUT(2, SNUG_TIMES_PLUS(0.25f, sum3, SNUG_TIMES_PLUS(4.0f, sum2, sum1)))
    SNUG_OUT(3, SNUG_TIMES_PLUS(0.125f, difference3, SNUG_TIMES_PLUS(8.0f, difference2, difference1)))
    SNUG_OUT(4, SNUG_TIMES_PLUS(0.0625f, sum3, SNUG_TIMES_PLUS(16.0f, sum2, sum1)))
    SNUG_OUT(5, snug_add(d7, SNUG_TIMES_PLUS(0.03125f, difference3,
                                             SNUG_TIMES_PLUS(32.0f, difference2, difference1))))
#endif
#undef SNUG_IN
#undef SNUG_OUT
#undef SNUG_TIMES
#undef SNUG_TIMES_PLUS
}

/* The SIDE x SIDE inputs of 16 channels, zero where they lie outside the map or beyond the last channel. */
static inline void snug_winograd_patch(const snug_layer *layer, const float *group, ptrdiff_t lane_step,
                                       int32_t lanes, int32_t top, int32_t left, float *patch)
{
    for (int32_t y = 0; y < SNUG_WINOGRAD_SIDE; y++)
        for (int32_t x = 0; x < SNUG_WINOGRAD_SIDE; x++) {
            float *to = patch + (y * SNUG_WINOGRAD_SIDE + x) * 16;
            const int inside =
                top + y >= 0 && top + y < layer->in_height && left + x >= 0 && left + x < layer->in_width;
            const int32_t valid = inside ? lanes : 0;
            const float *from = inside ? group + (ptrdiff_t)(top + y) * layer->in_row +
                                             (ptrdiff_t)(left + x) * layer->in_pixel
                                       : group;
            int32_t lane = 0;
            for (; lane < valid; lane++)
                to[lane] = from[lane * lane_step];
            for (; lane < 16; lane++)
                to[lane] = 0.0f;
        }
}

/* B^T d B of one tile and 16 channels into the points. */
static inline void snug_winograd_forward(const float *tile, ptrdiff_t row, ptrdiff_t pixel, float *points,
                                         ptrdiff_t point)
{
    float columns[SNUG_WINOGRAD_POINTS * SNUG_VL];
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        for (int32_t x = 0; x < SNUG_WINOGRAD_SIDE; x++)
            snug_winograd_input(tile + x * pixel + lane, row, columns + x * SNUG_VL,
                                SNUG_WINOGRAD_SIDE * SNUG_VL);
        for (int32_t y = 0; y < SNUG_WINOGRAD_SIDE; y++)
            snug_winograd_input(columns + y * SNUG_WINOGRAD_SIDE * SNUG_VL, SNUG_VL,
                                points + y * SNUG_WINOGRAD_SIDE * point + lane, point);
    }
}

/* A^T m A of one tile and 16 channels. */
static inline void snug_winograd_back(const float *points, ptrdiff_t point, float *tile)
{
    float columns[SNUG_WINOGRAD_OUTPUT * SNUG_WINOGRAD_SIDE * SNUG_VL];
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        for (int32_t x = 0; x < SNUG_WINOGRAD_SIDE; x++)
            snug_winograd_output(points + x * point + lane, SNUG_WINOGRAD_SIDE * point, columns + x * SNUG_VL,
                                 SNUG_WINOGRAD_SIDE * SNUG_VL);
        for (int32_t y = 0; y < SNUG_WINOGRAD_OUTPUT; y++)
            snug_winograd_output(columns + y * SNUG_WINOGRAD_SIDE * SNUG_VL, SNUG_VL,
                                 tile + y * SNUG_WINOGRAD_OUTPUT * 16 + lane, 16);
    }
}

/* Bias, residual, activation, and the part of a tile that lies inside the map. */
static inline void snug_winograd_store(const snug_layer *layer, const snug_channel_groups *groups,
                                       float *tile, const float *bias, const float *residual, int32_t lanes,
                                       int32_t top, int32_t left, float *out)
{
    const int32_t rows =
        layer->out_height - top < SNUG_WINOGRAD_OUTPUT ? layer->out_height - top : SNUG_WINOGRAD_OUTPUT;
    const int32_t pixels =
        layer->out_width - left < SNUG_WINOGRAD_OUTPUT ? layer->out_width - left : SNUG_WINOGRAD_OUTPUT;
    const int limits = snug_has_limits(layer);
    const snug_vec low = snug_set1(snug_low(layer)), high = snug_set1(snug_high(layer));
    for (int32_t y = 0; y < rows; y++)
        for (int32_t x = 0; x < pixels; x++) {
            float *value = tile + (y * SNUG_WINOGRAD_OUTPUT + x) * 16;
            float *to =
                out + (ptrdiff_t)(top + y) * layer->out_row + (ptrdiff_t)(left + x) * layer->out_pixel;
            const float *add = residual ? residual + (ptrdiff_t)(top + y) * layer->other_row +
                                              (ptrdiff_t)(left + x) * layer->other_pixel
                                        : NULL;
            const int whole = lanes == 16 && groups->out_lane == 1;
            if (add && !whole)
                for (int32_t lane = 0; lane < lanes; lane++)
                    value[lane] += add[lane * groups->other_lane];
            for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
                snug_vec sum = snug_add(snug_load(value + lane), snug_load(bias + lane));
                if (add && whole)
                    sum = snug_add(sum, snug_load(add + lane));
                if (limits)
                    sum = snug_min(snug_max(sum, low), high);
                snug_store(value + lane, sum);
            }
            if (!snug_only_limits(layer))
                snug_activate(layer, value, 16);
            if (whole)
                for (int32_t lane = 0; lane < 16; lane += SNUG_VL)
                    snug_store(to + lane, snug_load(value + lane));
            else
                for (int32_t lane = 0; lane < lanes; lane++)
                    to[lane * groups->out_lane] = value[lane];
        }
}

/* Where tile number `tile` begins in the output. */
static inline void snug_winograd_place(int32_t tile, int32_t tiles_x, int32_t *y, int32_t *x)
{
    *y = tile / tiles_x * SNUG_WINOGRAD_OUTPUT;
    *x = tile % tiles_x * SNUG_WINOGRAD_OUTPUT;
}

/* The transformed inputs of `count` tiles from number `first`. */
static inline void snug_winograd_inputs(const snug_layer *layer, const snug_channel_groups *groups,
                                        const float *input, int32_t first, int32_t count, int32_t tiles_x,
                                        float *points, ptrdiff_t point)
{
    float patch[SNUG_WINOGRAD_POINTS * 16];
    const int32_t channel_groups = (layer->in_channels + 15) / 16;
    for (int32_t tile = 0; tile < count; tile++) {
        int32_t top, left;
        snug_winograd_place(first + tile, tiles_x, &top, &left);
        top -= layer->pad_top;
        left -= layer->pad_left;
        const int inside = top >= 0 && left >= 0 && top + SNUG_WINOGRAD_SIDE <= layer->in_height &&
                           left + SNUG_WINOGRAD_SIDE <= layer->in_width;
        for (int32_t group = 0; group < channel_groups; group++) {
            const float *from = input + group * groups->in_group;
            float *to = points + ((ptrdiff_t)tile * channel_groups + group) * 16;
            const int32_t rest = layer->in_channels - group * 16, lanes = rest < 16 ? rest : 16;
            if (inside && lanes == 16 && groups->in_lane == 1) {
                snug_winograd_forward(from + (ptrdiff_t)top * layer->in_row +
                                          (ptrdiff_t)left * layer->in_pixel,
                                      layer->in_row, layer->in_pixel, to, point);
            } else {
                snug_winograd_patch(layer, from, groups->in_lane, lanes, top, left, patch);
                snug_winograd_forward(patch, SNUG_WINOGRAD_SIDE * 16, 16, to, point);
            }
        }
    }
}

static inline void snug_winograd(const snug_layer *layer, const snug_channel_groups *groups,
                                 const float *input, const float *weights, const float *bias,
                                 const float *residual, float *output, float *workspace)
{
    const int32_t tiles_x = (layer->out_width + SNUG_WINOGRAD_OUTPUT - 1) / SNUG_WINOGRAD_OUTPUT;
    const int32_t tiles_y = (layer->out_height + SNUG_WINOGRAD_OUTPUT - 1) / SNUG_WINOGRAD_OUTPUT;
    const int32_t tiles = tiles_x * tiles_y, block = layer->block < tiles ? layer->block : tiles;
    const int32_t channels = (layer->in_channels + 15) / 16 * 16;
    const ptrdiff_t in_point = (ptrdiff_t)block * channels + 16, out_point = (ptrdiff_t)block * 16 + 16;
    float *products = workspace + SNUG_WINOGRAD_POINTS * in_point;
    float tile_values[SNUG_WINOGRAD_OUTPUT * SNUG_WINOGRAD_OUTPUT * 16];
    snug_gemm gemm = {0};
    gemm.blocks = gemm.taps_y = gemm.taps_x = 1;
    gemm.depth = channels;
    gemm.a_row = channels;
    gemm.a_depth = 1;
    gemm.b_depth = 16;
    gemm.out_row = 16;
    for (int32_t first = 0; first < tiles; first += block) {
        const int32_t count = tiles - first < block ? tiles - first : block;
        snug_winograd_inputs(layer, groups, input, first, count, tiles_x, workspace, in_point);
        for (int32_t group = 0; group * 16 < layer->out_channels; group++) {
            const float *panel = weights + (ptrdiff_t)group * SNUG_WINOGRAD_POINTS * channels * 16;
            const int32_t rest = layer->out_channels - group * 16;
            const int32_t lanes = rest < 16 && !groups->whole_groups ? rest : 16;
            for (int32_t point = 0; point < SNUG_WINOGRAD_POINTS; point++)
                snug_gemm_rows(&gemm, count, workspace + point * in_point,
                               panel + (ptrdiff_t)point * channels * 16, NULL, NULL,
                               products + point * out_point);
            for (int32_t tile = 0; tile < count; tile++) {
                int32_t top, left;
                snug_winograd_place(first + tile, tiles_x, &top, &left);
                snug_winograd_back(products + tile * 16, out_point, tile_values);
                snug_winograd_store(layer, groups, tile_values, bias + group * 16,
                                    residual ? residual + group * groups->other_group : NULL, lanes, top,
                                    left, output + group * groups->out_group);
            }
        }
    }
}

#endif
