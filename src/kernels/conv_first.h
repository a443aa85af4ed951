/* conv_first.h - the convolutions of conv_first_chw_c16 and conv_first_hwc_c16, for them and for the kernels
 * that run what follows on its output while that is in the cache. */
#ifndef SNUG_CONV_FIRST_H
#define SNUG_CONV_FIRST_H

#define SNUG_GEMM_PIXEL_ROWS
#include "conv_regions.h"
#include "transpose.h"

/* Of interleaved rows: all taps of a kernel row are contiguous. */
static inline void snug_first_strip(const snug_layer *l, const float *input, const float *weights,
                                    const float *bias, const float *residual, float *output)
{
    snug_gemm g = {0};
    g.blocks = 1;
    g.depth = l->in_channels;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_x = (ptrdiff_t)l->in_channels * 16;
    g.b_y = g.b_x * l->kernel_width;
    g.b_panel = g.b_y * l->kernel_height;
    g.add_panel = l->other_plane;
    g.out_panel = l->out_plane;
    snug_gemm_limit(&g, l);
    snug_conv_panels(l, &g, (l->out_channels + 15) / 16 * 16, input, weights, bias, residual, output);
}

/* A row of all channels. Of three planes compilers make vectors, where loops over any number would scatter.
 */
static inline void snug_first_interleave(const snug_layer *l, const float *input, float *SNUG_RESTRICT row)
{
    if (l->in_channels == 3) {
        const float *SNUG_RESTRICT a = input, *SNUG_RESTRICT b = a + l->in_plane,
                                   *SNUG_RESTRICT c = b + l->in_plane;
        for (int32_t x = 0; x < l->in_width; x++) {
            row[3 * x] = a[x];
            row[3 * x + 1] = b[x];
            row[3 * x + 2] = c[x];
        }
        return;
    }
    snug_transpose(input, l->in_plane, row, l->in_channels, l->in_channels, l->in_width);
}

static inline SNUG_CONV_KERNEL(snug_conv_first_chw_c16)
{
    float *interleaved = workspace;
    const int32_t reach = (layer->kernel_height - 1) * layer->dilation_y + 1, channels = layer->in_channels;
    snug_layer part = *layer;
    part.in_pixel = channels;
    part.in_row = layer->in_width * channels;
    for (int32_t y = 0; y < layer->out_height; y += layer->block) {
        part.out_height = layer->out_height - y < layer->block ? layer->out_height - y : layer->block;
        const int32_t origin = y * layer->stride_y - layer->pad_top;
        const int32_t end = origin + (part.out_height - 1) * layer->stride_y + reach;
        const int32_t first = origin < 0 ? 0 : origin, last = end < layer->in_height ? end : layer->in_height;
        part.in_height = last > first ? last - first : 0;
        part.pad_top = first - origin;
        for (int32_t row = 0; row < part.in_height; row++)
            snug_first_interleave(layer, input + (ptrdiff_t)(first + row) * layer->in_row,
                                  interleaved + (ptrdiff_t)row * part.in_row);
        snug_first_strip(&part, interleaved, weights, bias,
                         residual ? residual + (ptrdiff_t)y * layer->other_row : NULL,
                         output + (ptrdiff_t)y * layer->out_row);
    }
}

#endif
