/* conv_im2row_hwc - copies the taps of every output pixel to a row of a matrix and multiplies it with the
 * weights: one matrix product for any kernel, stride and dilation. Workspace: the whole matrix, output pixels
 * x taps. The classic method for interleaved maps; wins where a layer's channels are too few for other
 * methods and RAM is plentiful. */
#include "im2row.h"

SNUG_CONV_KERNEL(conv_im2row_hwc);

SNUG_CONV_KERNEL(conv_im2row_hwc)
{
    snug_im2row(layer, layer->out_height, input, weights, bias, residual, output, workspace);
}
