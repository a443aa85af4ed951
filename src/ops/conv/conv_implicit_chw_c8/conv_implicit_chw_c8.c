/* conv_implicit_chw_c8 - direct convolution from planes to blocks of 8 channels without a conversion: a
 * network's input enters c8 with its three channels, not 8. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_implicit_chw_c8);

SNUG_CONV_KERNEL(conv_implicit_chw_c8)
{
    snug_conv_layouts(layer, 1, 8, input, weights, bias, residual, output, workspace);
}
