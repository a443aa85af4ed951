/* conv_depthwise_c8 - every channel is convolved with its own kernel (groups = channels), on blocks of 8
 * channels: conv_depthwise_c16 with shorter vectors, no padding where there are 24 or 40 channels. No
 * workspace. */
#include "conv_depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_c8);

SNUG_CONV_KERNEL(conv_depthwise_c8)
{
    (void)workspace;
    snug_conv_depthwise_blocks(layer, 8, input, weights, bias, residual, output);
}
