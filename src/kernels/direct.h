/* direct.h - the textbook convolution: six loops, for every layer and every layout. block: channels that lie
 * together (chw 1, hwc all, c16 16); constant at every call, so that compilers see through it. weights: ONNX
 * order. */
#ifndef SNUG_DIRECT_H
#define SNUG_DIRECT_H

#include "epilogue.h"
#include "long_sum.h"

static inline ptrdiff_t snug_channel(int32_t block, int32_t channel, int32_t plane)
{
    return (ptrdiff_t)(channel / block) * plane + channel % block;
}

/* Sum over the kernel rows [top, bottom) of some channels for one output; input is the first channel plane's
 * origin of all groups, weights those of the first of these channels. */
static inline float snug_direct_stretch(const snug_layer *l, int32_t block, int32_t first_channel,
                                        int32_t channels, int32_t top, int32_t bottom, int32_t y, int32_t x,
                                        const float *input, const float *weights)
{
    float sum = 0.0f;
    for (int32_t i = 0; i < channels; i++) {
        const float *plane = input + snug_channel(block, first_channel + i, l->in_plane);
        for (int32_t ky = top; ky < bottom; ky++) {
            const int32_t in_y = y * l->stride_y - l->pad_top + ky * l->dilation_y;
            if (in_y < 0 || in_y >= l->in_height)
                continue;
            const float *row = plane + (ptrdiff_t)in_y * l->in_row;
            const float *taps = weights + ((ptrdiff_t)i * l->kernel_height + ky) * l->kernel_width;
            for (int32_t kx = 0; kx < l->kernel_width; kx++) {
                const int32_t in_x = x * l->stride_x - l->pad_left + kx * l->dilation_x;
                if (in_x >= 0 && in_x < l->in_width)
                    sum += row[(ptrdiff_t)in_x * l->in_pixel] * taps[kx];
            }
        }
    }
    return sum;
}

/* Sum over the taps of one output, in stretches (long_sum.h): of whole channels, or of kernel rows of one. */
static inline float snug_direct_sum(const snug_layer *l, int32_t block, int32_t first_channel,
                                    int32_t channels, int32_t y, int32_t x, const float *input,
                                    const float *weights)
{
    const int32_t taps = l->kernel_height * l->kernel_width;
    const int32_t step = snug_turns_at_once(taps), rows = snug_turns_at_once(l->kernel_width);
    float sum = 0.0f;
    for (int32_t i = 0; i < channels; i += step)
        for (int32_t top = 0; top < l->kernel_height; top += rows)
            sum += snug_direct_stretch(l, block, first_channel + i, channels - i < step ? channels - i : step,
                                       top, l->kernel_height - top < rows ? l->kernel_height : top + rows, y,
                                       x, input, weights + (ptrdiff_t)i * taps);
    return sum;
}

static inline void snug_direct(const snug_layer *l, int32_t in_block, int32_t out_block, const float *input,
                               const float *weights, const float *bias, const float *residual, float *output)
{
    const int32_t channels = l->in_channels / l->groups, group_size = l->out_channels / l->groups;
    const ptrdiff_t taps = (ptrdiff_t)channels * l->kernel_height * l->kernel_width;
    for (int32_t o = 0; o < l->out_channels; o++) {
        const ptrdiff_t out_channel = snug_channel(out_block, o, l->out_plane);
        const ptrdiff_t other_channel = snug_channel(out_block, o, l->other_plane);
        for (int32_t y = 0; y < l->out_height; y++)
            for (int32_t x = 0; x < l->out_width; x++) {
                float sum = bias[o] + snug_direct_sum(l, in_block, o / group_size * channels, channels, y, x,
                                                      input, weights + o * taps);
                if (residual)
                    sum +=
                        residual[other_channel + (ptrdiff_t)y * l->other_row + (ptrdiff_t)x * l->other_pixel];
                output[out_channel + (ptrdiff_t)y * l->out_row + (ptrdiff_t)x * l->out_pixel] =
                    snug_activated(l, sum);
            }
    }
}

#endif
