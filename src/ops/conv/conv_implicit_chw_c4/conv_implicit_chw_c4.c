/* conv_implicit_chw_c4 - direct convolution from planes to blocks of 4 channels without a conversion: a
 * network's input enters c4 with its three channels, not 4. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_implicit_chw_c4);

SNUG_CONV_KERNEL(conv_implicit_chw_c4)
{
    snug_conv_layouts(layer, 1, 4, input, weights, bias, residual, output, workspace);
}
