/* conv_depthwise_chw - every channel is convolved with its own kernel (groups = channels), on planar maps:
 * vectors of pixels of a row. 3x3 kernels keep their nine weights in registers for a whole row of the output;
 * other kernels and the border take a general path. No workspace; bound by memory. */
#include "depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_chw);

SNUG_CONV_KERNEL(conv_depthwise_chw)
{
    (void)workspace;
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    for (int32_t c = 0; c < layer->out_channels; c++)
        snug_depthwise_plane(layer, input + (ptrdiff_t)c * layer->in_plane, weights + (ptrdiff_t)c * taps,
                             bias[c], residual ? residual + (ptrdiff_t)c * layer->other_plane : NULL,
                             output + (ptrdiff_t)c * layer->out_plane);
}
