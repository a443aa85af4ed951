/* conv_implicit_hwc_c16 - direct convolution from an interleaved map to blocks of 16 channels: a conversion
 * for nothing, since a register tile holds such a block anyway. No workspace; enters c16, where the fastest
 * kernels are. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_implicit_hwc_c16);

SNUG_CONV_KERNEL(conv_implicit_hwc_c16)
{
    (void)workspace;
    snug_conv_layouts(layer, 0, 16, input, weights, bias, residual, output, NULL);
}
