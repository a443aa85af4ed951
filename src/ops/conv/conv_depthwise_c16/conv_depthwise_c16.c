/* conv_depthwise_c16 - every channel is convolved with its own kernel (groups = channels), on channel blocks:
 * vectors of channels, seven outputs of a row at a time (see depthwise.h). No workspace. Near the peak on
 * 5x5; 3x3 on large maps is bound by memory. */
#include "depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_c16);

SNUG_CONV_KERNEL(conv_depthwise_c16)
{
    (void)workspace;
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    snug_depthwise_function *const tile = snug_depthwise_for_c16(layer);
    for (int32_t block = 0; block * 16 < layer->out_channels; block++) {
        snug_depthwise_block(layer, tile, 0, layer->out_height, 16,
                             input + (ptrdiff_t)block * layer->in_plane,
                             weights + (ptrdiff_t)block * taps * 16, bias + block * 16,
                             residual ? residual + (ptrdiff_t)block * layer->other_plane : NULL,
                             output + (ptrdiff_t)block * layer->out_plane);
    }
}
