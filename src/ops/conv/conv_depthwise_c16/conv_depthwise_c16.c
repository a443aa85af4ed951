/* conv_depthwise_c16 - every channel is convolved with its own kernel (groups = channels), on channel blocks:
 * vectors of channels. 3x3 kernels keep their nine weights in registers for a whole row of the output; other
 * kernels and the border take a general path. No workspace; bound by memory. */
#include "depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_c16);

SNUG_CONV_KERNEL(conv_depthwise_c16)
{
    (void)workspace;
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    for (int32_t block = 0; block * 16 < layer->out_channels; block++) {
        snug_depthwise_block(layer, 16, input + (ptrdiff_t)block * layer->in_plane,
                             weights + (ptrdiff_t)block * taps * 16, bias + block * 16,
                             residual ? residual + (ptrdiff_t)block * layer->other_plane : NULL,
                             output + (ptrdiff_t)block * layer->out_plane);
    }
}
