/* conv_mec_hwc - memory-efficient convolution on interleaved maps: lowers the input along its columns only
 * and multiplies overlapping slices of the lowered map with the weights. Workspace: out_width x in_height x
 * kernel_width x channels, about kernel_height / stride_y times less than im2row. Wins over im2row wherever
 * the kernel is higher than its stride. */
#include "mec.h"

SNUG_CONV_KERNEL(conv_mec_hwc);

SNUG_CONV_KERNEL(conv_mec_hwc)
{
    snug_mec_hwc(layer, layer->out_width, input, weights, bias, residual, output, workspace);
}
