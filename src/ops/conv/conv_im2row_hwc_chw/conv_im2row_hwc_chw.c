/* conv_im2row_hwc_chw - im2row whose product is stored in planes: an interleaved map becomes a planar one
 * without a conversion. Workspace: the whole matrix. */
#include "im2row_planar.h"

SNUG_CONV_KERNEL(conv_im2row_hwc_chw);

SNUG_CONV_KERNEL(conv_im2row_hwc_chw)
{
    snug_im2row_planar(layer, layer->out_height, input, weights, bias, residual, output, workspace);
}
