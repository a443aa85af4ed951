/* conv_im2col_chw - copies the taps of every output pixel to a column of a matrix and multiplies the weights
 * with it: one matrix product for any kernel, stride and dilation. Workspace: the whole matrix, taps x output
 * pixels, in panels of 16 pixels. The classic method for planar maps. */
#include "im2col.h"

SNUG_CONV_KERNEL(conv_im2col_chw);

SNUG_CONV_KERNEL(conv_im2col_chw)
{
    snug_im2col(layer, layer->out_height * layer->out_width, input, weights, bias, residual, output,
                workspace);
}
