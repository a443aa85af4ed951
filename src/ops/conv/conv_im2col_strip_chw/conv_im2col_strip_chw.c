/* conv_im2col_strip_chw - im2col for a strip of `block` output rows at a time: the workspace shrinks with the
 * strip, and a strip that stays in the cache is faster than the whole matrix. */
#include "im2col.h"

SNUG_CONV_KERNEL(conv_im2col_strip_chw);

SNUG_CONV_KERNEL(conv_im2col_strip_chw)
{
    snug_im2col(layer, layer->block * layer->out_width, input, weights, bias, residual, output, workspace);
}
