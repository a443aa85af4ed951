/* conv_depthwise.h - the convolution of conv_depthwise_c16, for it and for the kernels that run it on rows
 * that they have just made. */
#ifndef SNUG_CONV_DEPTHWISE_H
#define SNUG_CONV_DEPTHWISE_H

#include "depthwise.h"

static inline SNUG_CONV_KERNEL(snug_conv_depthwise_c16)
{
    (void)workspace;
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    const snug_depthwise_plan plan = snug_depthwise_c16(layer);
    for (int32_t block = 0; block * 16 < layer->out_channels; block++) {
        snug_depthwise_block(layer, &plan, 0, layer->out_height, 16,
                             input + (ptrdiff_t)block * layer->in_plane,
                             weights + (ptrdiff_t)block * taps * 16, bias + block * 16,
                             residual ? residual + (ptrdiff_t)block * layer->other_plane : NULL,
                             output + (ptrdiff_t)block * layer->out_plane);
    }
}

/* Blocks of 8 or 4 channels; weights, as everywhere, in panels of 16. */
static inline void snug_conv_depthwise_blocks(const snug_layer *layer, int32_t block, const float *input,
                                              const float *weights, const float *bias, const float *residual,
                                              float *output)
{
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    const snug_depthwise_plan plan = snug_depthwise_hwc(layer);
    for (int32_t c = 0, b = 0; c < layer->out_channels; c += block, b++)
        snug_depthwise_block(layer, &plan, 0, layer->out_height, block,
                             input + (ptrdiff_t)b * layer->in_plane,
                             weights + (ptrdiff_t)(c / 16) * taps * 16 + c % 16, bias + c,
                             residual ? residual + (ptrdiff_t)b * layer->other_plane : NULL,
                             output + (ptrdiff_t)b * layer->out_plane);
}

#endif
