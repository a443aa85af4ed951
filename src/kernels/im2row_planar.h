/* im2row_planar.h - im2row whose output is planar: the matrix is an interleaved map of 1x1 taps, and
 * conv_layouts.h turns its products into planes in the first-level cache. (The transposed product of the
 * paper's library; what it saves is the conversion after it.) */
#ifndef SNUG_IM2ROW_PLANAR_H
#define SNUG_IM2ROW_PLANAR_H

#include "conv_layouts.h"
#include "im2row.h"

/* The layer that is left for one group and the output rows [begin, end): 1x1 on the matrix. */
static inline snug_layer snug_im2row_product_layer(const snug_layer *l, int32_t begin, int32_t end)
{
    snug_layer product = *l;
    product.in_channels = l->in_channels / l->groups * l->kernel_height * l->kernel_width;
    product.out_channels = l->out_channels / l->groups;
    product.groups = product.kernel_height = product.kernel_width = 1;
    product.stride_y = product.stride_x = product.dilation_y = product.dilation_x = 1;
    product.pad_top = product.pad_left = 0;
    product.in_height = product.out_height = end - begin;
    product.in_width = l->out_width;
    product.in_pixel = product.in_channels;
    product.in_row = product.in_channels * l->out_width;
    return product;
}

/* rows: output rows per strip. workspace: the strip's matrix, then what conv_layouts.h needs for it. */
static inline void snug_im2row_planar(const snug_layer *l, int32_t rows, const float *input,
                                      const float *weights, const float *bias, const float *residual,
                                      float *output, float *workspace)
{
    const int32_t channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    const ptrdiff_t taps = (ptrdiff_t)channels * l->kernel_height * l->kernel_width;
    float *const tile = workspace + (ptrdiff_t)rows * l->out_width * taps;
    for (int32_t group = 0; group < l->groups; group++) {
        const ptrdiff_t first = (ptrdiff_t)group * outputs;
        for (int32_t y = 0; y < l->out_height; y += rows) {
            const int32_t end = l->out_height - y < rows ? l->out_height : y + rows;
            const snug_layer product = snug_im2row_product_layer(l, y, end);
            float *row = workspace;
            for (int32_t line = y; line < end; line++)
                for (int32_t x = 0; x < l->out_width; x++, row += taps)
                    snug_im2row_pixel(l, channels, line, x, input + (ptrdiff_t)group * channels, row);
            const float *other = NULL;
            if (residual)
                other = residual + first * l->other_plane + (ptrdiff_t)y * l->other_row;
            snug_conv_layouts(&product, 0, 1, workspace, weights + group * ((outputs + 15) / 16) * taps * 16,
                              bias + first, other, output + first * l->out_plane + (ptrdiff_t)y * l->out_row,
                              tile);
        }
    }
}

#endif
