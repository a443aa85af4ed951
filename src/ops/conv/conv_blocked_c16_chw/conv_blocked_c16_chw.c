/* conv_blocked_c16_chw - blocked direct convolution whose output is planar: the last convolution before a
 * part of the network that wants planes, or a network's output. Sums are transposed strip by strip in the
 * first-level cache. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_blocked_c16_chw);

SNUG_CONV_KERNEL(conv_blocked_c16_chw)
{
    snug_conv_layouts(layer, 16, 1, input, weights, bias, residual, output, workspace);
}
