/* conv_implicit_hwc_chw - direct convolution from an interleaved map to planes: sums are transposed strip by
 * strip in the first-level cache, which costs less than a conversion of the output and needs no second map.
 */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_implicit_hwc_chw);

SNUG_CONV_KERNEL(conv_implicit_hwc_chw)
{
    snug_conv_layouts(layer, 0, 1, input, weights, bias, residual, output, workspace);
}
