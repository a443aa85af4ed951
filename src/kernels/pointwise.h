/* pointwise.h - 1x1 convolution where the channels of a pixel lie together, all (hwc) or 16 of them (c16): a
 * matrix product, pixels x channels, of the map as it lies. The plane is one long row of pixels where its
 * rows follow on one another; others (stride 2) go row by row.
 *
 * `block`: for how many pixels at a time all panels of weights go by. 0: as many as have an input that stays
 * in the second-level cache, so that weights come from further away once. With few, it is the weights that
 * stay there, and inputs, residuals and outputs that are touched once, close together. */
#ifndef SNUG_POINTWISE_H
#define SNUG_POINTWISE_H

#define SNUG_GEMM_PIXEL_ROWS
#include "conv_regions.h"

/* base: blocks, depth and their strides, the panels' strides in add and out. lanes: output channels that are
 * stored. */
static inline void snug_pointwise(const snug_layer *l, const snug_gemm *base, int32_t lanes,
                                  const float *input, const float *weights, const float *bias,
                                  const float *residual, float *output)
{
    const int32_t width = l->out_width, pixels = l->out_height * width;
    snug_gemm g = *base;
    g.taps_y = 1;
    g.taps_x = 1;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_block = (ptrdiff_t)g.depth * 16;
    g.b_panel = g.blocks * g.b_block;
    g.a_row = (ptrdiff_t)l->stride_x * l->in_pixel;
    g.add_row = l->other_pixel;
    g.out_row = l->out_pixel;
    g.init_panel = 16;
    snug_gemm_limit(&g, l);
    if (l->stride_y * (ptrdiff_t)l->in_row == width * g.a_row && l->out_row == width * l->out_pixel &&
        (!residual || l->other_row == width * l->other_pixel)) {
        const int32_t at_once = l->block > 0 ? l->block : snug_product_rows(&g);
        snug_gemm_product(&g, pixels, at_once, lanes, input, weights, bias, residual, output);
        snug_activate_strip(l, &g, pixels, lanes, output);
        return;
    }
    const int32_t fit = SNUG_PRODUCT_FLOATS / (g.blocks * g.depth * width);
    const int32_t rows = l->block > 0 ? (l->block + width - 1) / width : fit < 4 ? 4 : fit;
    for (int32_t y = 0; y < l->out_height; y += rows) {
        snug_layer part = *l;
        part.out_height = l->out_height - y < rows ? l->out_height - y : rows;
        part.in_height = l->in_height - y * l->stride_y;
        snug_conv_panels(&part, &g, lanes, input + (ptrdiff_t)y * l->stride_y * l->in_row, weights, bias,
                         residual ? residual + (ptrdiff_t)y * l->other_row : NULL,
                         output + (ptrdiff_t)y * l->out_row);
    }
}

#endif
