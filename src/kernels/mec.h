/* mec.h - memory-efficient convolution (Cho, Brand, MEC: Memory-efficient Convolution for Deep Neural
 * Network, 2017): the input is lowered along its columns only. For every output column the kernel_width input
 * columns under the kernel are copied for all input rows,
 *
 *     lowered[out_width][in_height][kernel_width][channels]
 *
 * and the taps of an output pixel are kernel_height neighbouring rows of it, which output rows share. What is
 * left is a convolution with a kernel one column wide and kernel_width times the channels: long inner loops,
 * no borders to the left and right.
 *
 * Workspace: about kernel_height / stride_y times less than im2col's. Output columns are independent, so it
 * falls into strips of columns as well: `columns` of them need columns x in_height x kernel_width x channels.
 * The paper's two partitions of the products (one per output row of all images, one per image) are one and
 * the same for a single image. The partition by rows, for planar maps, is planar_rows.h. */
#ifndef SNUG_MEC_H
#define SNUG_MEC_H

#define SNUG_GEMM_PIXEL_ROWS
#include "conv_regions.h"
#include "copy.h"

/* Copies one group of `channels` channels, `plane` apart. */
static inline void snug_mec_lower(const snug_layer *l, int32_t channels, ptrdiff_t plane, const float *input,
                                  float *lowered)
{
    for (int32_t x = 0; x < l->out_width; x++)
        for (int32_t y = 0; y < l->in_height; y++)
            for (int32_t kx = 0; kx < l->kernel_width; kx++, lowered += channels) {
                const int32_t in_x = x * l->stride_x - l->pad_left + kx * l->dilation_x;
                if (in_x < 0 || in_x >= l->in_width) {
                    snug_fill(lowered, 0.0f, channels);
                    continue;
                }
                const float *pixel = input + (ptrdiff_t)y * l->in_row + (ptrdiff_t)in_x * l->in_pixel;
                if (plane == 1)
                    snug_copy(lowered, pixel, channels);
                else
                    for (int32_t c = 0; c < channels; c++)
                        lowered[c] = pixel[c * plane];
            }
}

/* The layer that is left on the lowered map: a kernel one column wide, without padding to the left. */
static inline snug_layer snug_mec_lowered_layer(const snug_layer *l, int32_t channels)
{
    snug_layer lowered = *l;
    lowered.in_channels = channels * l->kernel_width;
    lowered.out_channels = l->out_channels / l->groups;
    lowered.groups = 1;
    lowered.in_width = l->out_width;
    lowered.kernel_width = 1;
    lowered.stride_x = 1;
    lowered.dilation_x = 1;
    lowered.pad_left = 0;
    lowered.in_row = lowered.in_channels;
    lowered.in_pixel = lowered.in_channels * l->in_height;
    return lowered;
}

/* The rows of the lowered layer's output from `begin` on for which what is read stays in the second-level
 * cache, as a layer. Moves the input, too. */
static inline snug_layer snug_mec_strip(const snug_layer *lowered, int32_t begin, const float **input)
{
    const int32_t row_floats = lowered->stride_y * lowered->in_channels * lowered->out_width;
    const int32_t fit = 49152 / row_floats, height = fit < 4 ? 4 : fit;
    snug_layer strip = *lowered;
    const int32_t origin = begin * lowered->stride_y - lowered->pad_top;
    const int32_t first = origin < 0 ? 0 : origin < lowered->in_height ? origin : lowered->in_height;
    strip.out_height = lowered->out_height - begin < height ? lowered->out_height - begin : height;
    strip.in_height = lowered->in_height - first;
    strip.pad_top = first - origin;
    *input += (ptrdiff_t)first * lowered->in_row;
    return strip;
}

/* The product of a register tile that runs over kernel rows. */
static inline snug_gemm snug_mec_gemm(const snug_layer *lowered)
{
    snug_gemm g = {0};
    g.blocks = 1;
    g.depth = lowered->in_channels;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_y = (ptrdiff_t)lowered->in_channels * 16;
    g.b_x = g.b_y;
    snug_gemm_limit(&g, lowered);
    return g;
}

/* Interleaved maps, `columns` output columns at a time. */
static inline void snug_mec_hwc(const snug_layer *layer, int32_t columns, const float *input,
                                const float *weights, const float *bias, const float *residual, float *output,
                                float *workspace)
{
    const int32_t channels = layer->in_channels / layer->groups,
                  outputs = layer->out_channels / layer->groups;
    const ptrdiff_t panel_floats = (ptrdiff_t)channels * layer->kernel_width * layer->kernel_height * 16;
    const int32_t slabs = (layer->out_width + columns - 1) / columns;
    for (int32_t part = 0; part < layer->groups * slabs; part++) {
        const int32_t group = part / slabs, x = part % slabs * columns;
        const ptrdiff_t first = (ptrdiff_t)group * outputs;
        snug_layer slab = *layer; /* columns [x, x + columns) */
        slab.out_width = layer->out_width - x < columns ? layer->out_width - x : columns;
        slab.pad_left = layer->pad_left - x * layer->stride_x;
        const snug_layer lowered = snug_mec_lowered_layer(&slab, channels);
        const snug_gemm g = snug_mec_gemm(&lowered);
        snug_mec_lower(&slab, channels, 1, input + (ptrdiff_t)group * channels, workspace);
        for (int32_t y = 0; y < layer->out_height;) {
            const float *map = workspace;
            const snug_layer strip = snug_mec_strip(&lowered, y, &map);
            const ptrdiff_t to = (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel + first;
            const ptrdiff_t other =
                (ptrdiff_t)y * layer->other_row + (ptrdiff_t)x * layer->other_pixel + first;
            for (int32_t o = 0; o < outputs; o += 16)
                snug_conv_panel(&strip, &g, outputs - o < 16 ? outputs - o : 16, map,
                                weights + (group * ((outputs + 15) / 16) + o / 16) * panel_floats,
                                bias + first + o, residual ? residual + other + o : NULL, output + to + o);
            y += strip.out_height;
        }
    }
}

#endif
