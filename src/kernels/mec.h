/* mec.h - memory-efficient convolution: the input is lowered along its columns only. For every output column
 * the kernel_width input columns under the kernel are copied for all input rows,
 *
 *     lowered[out_width][in_height][kernel_width][channels]
 *
 * and the taps of an output pixel are kernel_height neighbouring rows of it, which output rows share. */
#ifndef SNUG_MEC_H
#define SNUG_MEC_H

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

#endif
