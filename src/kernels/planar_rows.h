/* planar_rows.h - direct convolution on planar maps with pixels as lanes: 16 neighbouring pixels of an output
 * row are what a vector holds, and the taps of a kernel row are the same input row read one float further on.
 *
 * The idea is the row half of MEC (Cho, Brand, MEC: Memory-efficient Convolution for Deep Neural Network,
 * 2017): where im2col copies every input value once per tap, and MEC's published partition copies whole
 * columns once per kernel column, here a strip of input rows is copied once, with zeros on both sides,
 *
 *     lowered[input rows of the strip][in_channels][padded width]
 *
 * and neither rows nor columns of the kernel cost another copy: the register tile walks over kernel rows
 * (b_y), kernel columns (b_x: one float further) and channels (b_depth: one row further) of it. Rows of the
 * tile are output channels, whose weights are broadcast, so sums leave the registers as rows of planes,
 * without a transposition, and chw and hcw differ in strides alone.
 *
 * Workspace. ((block - 1) stride_y + (kernel_height - 1) dilation_y + 1) x in_channels x (out_width rounded
 * up to 16, + (kernel_width - 1) dilation_x) floats for a strip of `block` output rows: one kernel_width-th
 * of what im2col's strip needs, and less by the rows that a strip shares.
 *
 * Refuses a horizontal stride: neighbouring outputs would not be neighbours in the input. Wastes the lanes
 * beyond the right border: best where out_width is near a multiple of 16. */
#ifndef SNUG_PLANAR_ROWS_H
#define SNUG_PLANAR_ROWS_H

#include "copy.h"
#include "im2col.h"

/* A row of the lowered strip. */
static inline int32_t snug_rows_width(const snug_layer *l)
{
    return (l->out_width + 15) / 16 * 16 + (l->kernel_width - 1) * l->dilation_x;
}

/* Copies the row with zeros where it has none. */
static inline void snug_rows_copy(const snug_layer *l, const float *row, float *lowered, int32_t width)
{
    const int32_t left = l->pad_left < 0 ? 0 : l->pad_left < width ? l->pad_left : width;
    const int32_t first = left - l->pad_left; /* column of the input at lowered[left] */
    int32_t count = l->in_width - first < width - left ? l->in_width - first : width - left;
    count = count < 0 ? 0 : count;
    snug_fill(lowered, 0.0f, left);
    if (l->in_pixel == 1)
        snug_copy(lowered + left, row + (count ? first : 0), count);
    else
        for (int32_t x = 0; x < count; x++)
            lowered[left + x] = row[(ptrdiff_t)(first + x) * l->in_pixel];
    snug_fill(lowered + left + count, 0.0f, width - left - count);
}

/* The input rows [begin, end) of one group; those outside of the map are zeros. */
static inline void snug_rows_lower(const snug_layer *l, int32_t channels, int32_t begin, int32_t end,
                                   const float *input, float *lowered)
{
    const int32_t width = snug_rows_width(l);
    for (int32_t y = begin; y < end; y++)
        for (int32_t c = 0; c < channels; c++, lowered += width) {
            if (y < 0 || y >= l->in_height)
                snug_fill(lowered, 0.0f, width);
            else
                snug_rows_copy(l, input + (ptrdiff_t)c * l->in_plane + (ptrdiff_t)y * l->in_row, lowered,
                               width);
        }
}

/* Up to 16 output channels of one output row. lowered: the strip from the row's first tap on. */
static inline void snug_rows_product(const snug_layer *l, const snug_gemm *base, int32_t channels,
                                     const float *lowered, const float *weights, const float *bias,
                                     const float *residual, float *output)
{
    const int contiguous = l->out_pixel == 1 && (!residual || l->other_pixel == 1);
    snug_layer row = *l; /* for snug_im2col_scatter */
    row.out_height = 1;
    for (int32_t x = 0; x < l->out_width; x += 16) {
        const int32_t pixels = l->out_width - x < 16 ? l->out_width - x : 16;
        float tile[256];
        snug_gemm g = *base;
        for (int32_t c = 0; c < channels; c++)
            for (int32_t lane = 0; lane < 16; lane++)
                tile[c * 16 + lane] = bias[c];
        if (contiguous) {
            snug_gemm_lanes(&g, channels, pixels, weights, lowered + x, tile, residual ? residual + x : NULL,
                            output + x);
            continue;
        }
        g.clamp = 0;
        g.out_row = 16;
        snug_gemm_lanes(&g, channels, 16, weights, lowered + x, tile, NULL, tile);
        snug_im2col_scatter(&row, channels, x, pixels, tile, residual, output);
    }
    if (contiguous)
        snug_activate_rows(l, channels, l->out_width, output, l->out_plane);
}

static inline snug_gemm snug_rows_gemm(const snug_layer *l, int32_t channels)
{
    const int32_t width = snug_rows_width(l);
    snug_gemm g = {0};
    g.blocks = 1;
    g.taps_y = l->kernel_height;
    g.taps_x = l->kernel_width;
    g.depth = channels;
    g.a_row = 1;
    g.a_depth = 16;
    g.a_x = (ptrdiff_t)channels * 16;
    g.a_y = g.a_x * l->kernel_width;
    g.b_depth = width;
    g.b_x = l->dilation_x;
    g.b_y = (ptrdiff_t)l->dilation_y * channels * width;
    g.init_row = 16;
    g.add_row = l->other_plane;
    g.out_row = l->out_plane;
    snug_gemm_limit(&g, l);
    return g;
}

/* `block` output rows at a time. weights: panels in the order kernel row, column, channel. */
static inline void snug_planar_rows(const snug_layer *l, const float *input, const float *weights,
                                    const float *bias, const float *residual, float *output, float *workspace)
{
    const int32_t channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    const int32_t reach = (l->kernel_height - 1) * l->dilation_y + 1;
    const snug_gemm g = snug_rows_gemm(l, channels);
    const ptrdiff_t panel_floats = g.a_y * l->kernel_height, row_floats = (ptrdiff_t)channels * g.b_depth;
    for (int32_t group = 0; group < l->groups; group++) {
        const int32_t first = group * outputs;
        for (int32_t y = 0; y < l->out_height; y += l->block) {
            const int32_t end = l->out_height - y < l->block ? l->out_height : y + l->block;
            const int32_t origin = y * l->stride_y - l->pad_top;
            snug_rows_lower(l, channels, origin, origin + (end - y - 1) * l->stride_y + reach,
                            input + (ptrdiff_t)group * channels * l->in_plane, workspace);
            for (int32_t o = 0; o < outputs; o += 16)
                for (int32_t row = y; row < end; row++) {
                    const float *other = NULL;
                    if (residual)
                        other = residual + (ptrdiff_t)(first + o) * l->other_plane +
                                (ptrdiff_t)row * l->other_row;
                    snug_rows_product(l, &g, outputs - o < 16 ? outputs - o : 16,
                                      workspace + (row - y) * l->stride_y * row_floats,
                                      weights + o / 16 * panel_floats, bias + first + o, other,
                                      output + (ptrdiff_t)(first + o) * l->out_plane +
                                          (ptrdiff_t)row * l->out_row);
                }
        }
        weights += (outputs + 15) / 16 * panel_floats;
    }
}

#endif
