/* conv_blocked_c16_hwc - blocked direct convolution whose output is interleaved: a conversion for nothing,
 * since 16 output channels lie together in both. No workspace; and no padding channels, so that 24 channels
 * leave c16 as 24. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_blocked_c16_hwc);

SNUG_CONV_KERNEL(conv_blocked_c16_hwc)
{
    (void)workspace;
    snug_conv_layouts(layer, 16, 0, input, weights, bias, residual, output, NULL);
}
