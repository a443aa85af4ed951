/* conv_implicit_chw_c16 - direct convolution from planes to blocks of 16 channels without a conversion and
 * without workspace. conv_first_chw_c16 is faster on up to 8 channels; this one takes any number. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_implicit_chw_c16);

SNUG_CONV_KERNEL(conv_implicit_chw_c16)
{
    (void)workspace;
    snug_conv_layouts(layer, 1, 16, input, weights, bias, residual, output, NULL);
}
