/* conv_implicit_chw - direct convolution on planar maps as an implicit matrix product: a register tile of
 * pixels x 16 output channels walks over kernel rows, columns and planes, and its sums are transposed into
 * planes strip by strip. The 28 KiB of that strip are all its workspace, where im2col keeps taps x pixels.
 * Every kernel, stride and dilation. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_implicit_chw);

SNUG_CONV_KERNEL(conv_implicit_chw)
{
    snug_conv_layouts(layer, 1, 1, input, weights, bias, residual, output, workspace);
}
