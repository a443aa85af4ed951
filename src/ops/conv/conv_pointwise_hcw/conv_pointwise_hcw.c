/* conv_pointwise_hcw - 1x1 convolution on rows of planes: register tiles of pixels x 16 output channels,
 * whose sums are transposed into rows strip by strip in the first-level cache. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_pointwise_hcw);

SNUG_CONV_KERNEL(conv_pointwise_hcw)
{
    snug_conv_layouts(layer, 1, 1, input, weights, bias, residual, output, workspace);
}
