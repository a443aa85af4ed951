/* conv_im2col_chw_hwc - im2col whose product is taken the other way round: the panels of 16 pixels are the
 * left operand, 16 output channels the lanes, so that planes become an interleaved map without a conversion.
 * Workspace: the whole matrix. */
#include "im2col.h"

SNUG_CONV_KERNEL(conv_im2col_chw_hwc);

SNUG_CONV_KERNEL(conv_im2col_chw_hwc)
{
    snug_im2col_transposed(layer, layer->out_height * layer->out_width, 0, input, weights, bias, residual,
                           output, workspace);
}
