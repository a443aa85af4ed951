/* conv_depthwise_hwc - every channel is convolved with its own kernel (groups = channels), on interleaved
 * maps: vectors of channels. 3x3 kernels keep their nine weights in registers for a whole row of the output;
 * other kernels and the border take a general path. No workspace; bound by memory. */
#include "depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_hwc);

SNUG_CONV_KERNEL(conv_depthwise_hwc)
{
    (void)workspace;
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    for (int32_t block = 0; block * 16 < layer->out_channels; block++) {
        const int32_t rest = layer->out_channels - block * 16;
        snug_depthwise_block(layer, rest < 16 ? rest : 16, input + block * 16,
                             weights + (ptrdiff_t)block * taps * 16, bias + block * 16,
                             residual ? residual + block * 16 : NULL, output + block * 16);
    }
}
