/* conv_depthwise_c16 - every channel is convolved with its own kernel (groups = channels), on channel blocks:
 * vectors of channels, seven outputs of a row at a time (see depthwise.h). No workspace. Near the peak on
 * 5x5; 3x3 on large maps is bound by memory. */
#include "conv_depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_c16);

SNUG_CONV_KERNEL(conv_depthwise_c16)
{
    snug_conv_depthwise_c16(layer, input, weights, bias, residual, output, workspace);
}
