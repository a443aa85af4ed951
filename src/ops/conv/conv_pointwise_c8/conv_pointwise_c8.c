/* conv_pointwise_c8 - 1x1 convolution on blocks of 8 channels: register tiles of pixels x 16 output channels,
 * whose sums are cut into blocks strip by strip in the first-level cache. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_pointwise_c8);

SNUG_CONV_KERNEL(conv_pointwise_c8)
{
    snug_conv_layouts(layer, 8, 8, input, weights, bias, residual, output, workspace);
}
