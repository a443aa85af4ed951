/* conv_first_hwc_c16 - the first layer of a network: few interleaved input channels (such as RGB) to blocks
 * of 16 output channels, no workspace. All taps of a kernel row are contiguous in the input, one loop of
 * width x channels. Wins for up to about 8 channels, where channel blocks would be mostly padding. */
#include "conv_first.h"

SNUG_CONV_KERNEL(conv_first_hwc_c16);

SNUG_CONV_KERNEL(conv_first_hwc_c16)
{
    (void)workspace;
    snug_first_strip(layer, input, weights, bias, residual, output);
}
