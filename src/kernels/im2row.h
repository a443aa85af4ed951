/* im2row.h - convolution on interleaved maps by a copied matrix: one row per output pixel, its taps in the
 * order kernel row, kernel column, channel (Chellapilla, Puri, Simard, High Performance Convolutional Neural
 * Networks for Document Processing, 2006). Rows of the matrix are rows of the register tiles, 16 output
 * channels their lanes; the sums are stored as they are (hwc), or moved into planes strip by strip
 * (im2row_planar.h).
 *
 * Workspace: output pixels x taps for the whole map, or for a strip of output rows. */
#ifndef SNUG_IM2ROW_H
#define SNUG_IM2ROW_H

#define SNUG_GEMM_PIXEL_ROWS
#include "gemm.h"

/* The taps of one output pixel, zeros where they lie on the padding. */
static inline void snug_im2row_pixel(const snug_layer *l, int32_t channels, int32_t y, int32_t x,
                                     const float *input, float *row)
{
    for (int32_t ky = 0; ky < l->kernel_height; ky++) {
        const int32_t in_y = y * l->stride_y - l->pad_top + ky * l->dilation_y;
        const int inside_y = in_y >= 0 && in_y < l->in_height;
        for (int32_t kx = 0; kx < l->kernel_width; kx++, row += channels) {
            const int32_t in_x = x * l->stride_x - l->pad_left + kx * l->dilation_x;
            if (inside_y && in_x >= 0 && in_x < l->in_width) {
                const float *pixel = input + (ptrdiff_t)in_y * l->in_row + (ptrdiff_t)in_x * l->in_pixel;
                for (int32_t c = 0; c < channels; c++)
                    row[c] = pixel[c];
            } else {
                for (int32_t c = 0; c < channels; c++)
                    row[c] = 0.0f;
            }
        }
    }
}

/* The output rows [begin, end) of one group, whose matrix goes to the workspace. */
static inline void snug_im2row_strip(const snug_layer *l, const snug_gemm *g, int32_t begin, int32_t end,
                                     const float *input, const float *weights, const float *bias,
                                     const float *residual, float *output, float *matrix)
{
    const int32_t channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    float *row = matrix;
    for (int32_t y = begin; y < end; y++)
        for (int32_t x = 0; x < l->out_width; x++, row += g->depth)
            snug_im2row_pixel(l, channels, y, x, input, row);
    int32_t height = end - begin, width = l->out_width;
    if (l->out_row == width * l->out_pixel && (!residual || l->other_row == width * l->other_pixel)) {
        width *= height;
        height = 1;
    }
    for (int32_t y = 0; y < height; y++) {
        float *out = output + (ptrdiff_t)(begin + y) * l->out_row;
        snug_gemm_product(g, width, snug_product_rows(g), outputs, matrix + (ptrdiff_t)y * width * g->depth,
                          weights, bias, residual ? residual + (ptrdiff_t)(begin + y) * l->other_row : NULL,
                          out);
        snug_activate_rows(l, width, outputs, out, l->out_pixel);
    }
}

/* rows: output rows per strip. workspace: rows x out_width x taps floats. */
static inline void snug_im2row(const snug_layer *l, int32_t rows, const float *input, const float *weights,
                               const float *bias, const float *residual, float *output, float *workspace)
{
    const int32_t channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    snug_gemm g = {0};
    g.blocks = 1;
    g.taps_y = 1;
    g.taps_x = 1;
    g.depth = channels * l->kernel_height * l->kernel_width;
    g.a_row = g.depth;
    g.a_depth = 1;
    g.b_depth = 16;
    g.add_row = l->other_pixel;
    g.out_row = l->out_pixel;
    g.b_panel = (ptrdiff_t)g.depth * 16;
    g.init_panel = 16;
    g.add_panel = 16;
    g.out_panel = 16;
    snug_gemm_limit(&g, l);
    const ptrdiff_t group_floats = (ptrdiff_t)(outputs + 15) / 16 * g.depth * 16;
    for (int32_t group = 0; group < l->groups; group++) {
        const ptrdiff_t first = (ptrdiff_t)group * outputs;
        for (int32_t y = 0; y < l->out_height; y += rows)
            snug_im2row_strip(l, &g, y, y + rows < l->out_height ? y + rows : l->out_height,
                              input + (ptrdiff_t)group * channels, weights + group * group_floats,
                              bias + first, residual ? residual + first : NULL, output + first, workspace);
    }
}

#endif
