/* conv_im2row_strip_hwc - im2row for a strip of `block` output rows at a time: the workspace shrinks with the
 * strip, and a strip that stays in the cache is faster than the whole matrix. */
#include "im2row.h"

SNUG_CONV_KERNEL(conv_im2row_strip_hwc);

SNUG_CONV_KERNEL(conv_im2row_strip_hwc)
{
    snug_im2row(layer, layer->block, input, weights, bias, residual, output, workspace);
}
