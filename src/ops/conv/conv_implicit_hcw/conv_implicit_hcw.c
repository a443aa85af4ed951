/* conv_implicit_hcw - conv_implicit_chw on rows of planes: all channels of a row lie within in_channels x
 * in_width floats, so that a strip of rows touches few pages where planar maps touch one per channel. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_implicit_hcw);

SNUG_CONV_KERNEL(conv_implicit_hcw)
{
    snug_conv_layouts(layer, 1, 1, input, weights, bias, residual, output, workspace);
}
