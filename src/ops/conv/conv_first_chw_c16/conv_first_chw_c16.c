/* conv_first_chw_c16 - the first layer of a network: few input channels in planes (such as RGB) to blocks of
 * 16 output channels. The input rows that a strip of `block` output rows needs are interleaved into the
 * workspace, so that all taps of a kernel row are contiguous: one loop of width x channels. Higher strips
 * copy fewer rows twice, lower ones need less workspace. */
#include "conv_first.h"

SNUG_CONV_KERNEL(conv_first_chw_c16);

SNUG_CONV_KERNEL(conv_first_chw_c16)
{
    snug_conv_first_chw_c16(layer, input, weights, bias, residual, output, workspace);
}
