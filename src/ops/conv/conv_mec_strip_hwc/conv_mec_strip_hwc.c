/* conv_mec_strip_hwc - memory-efficient convolution for `block` output columns at a time: the lowered columns
 * of a strip stay in the cache while they are multiplied, and the workspace shrinks with the strip. Otherwise
 * as conv_mec_hwc. */
#include "mec.h"

SNUG_CONV_KERNEL(conv_mec_strip_hwc);

SNUG_CONV_KERNEL(conv_mec_strip_hwc)
{
    snug_mec_hwc(layer, layer->block, input, weights, bias, residual, output, workspace);
}
