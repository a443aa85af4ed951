/* conv_implicit_chw_hwc - direct convolution from planes to an interleaved map without a conversion: the
 * register tile's 16 output channels are stored as they are, and where it reads planes only strides differ.
 * No workspace. Where the layers after it want hwc and the network's input or a producer is planar. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_implicit_chw_hwc);

SNUG_CONV_KERNEL(conv_implicit_chw_hwc)
{
    (void)workspace;
    snug_conv_layouts(layer, 1, 0, input, weights, bias, residual, output, NULL);
}
