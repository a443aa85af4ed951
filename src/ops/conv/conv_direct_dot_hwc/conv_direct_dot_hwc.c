/* conv_direct_dot_hwc - the textbook loops on interleaved maps with vectors of input channels: dot products
 * of four pixels at a time with the taps of one output channel, which are contiguous. Weights not padded; no
 * workspace. Wins where output channels are very few and input channels many: a mask, a depth map, one class.
 */
#include "direct_vector.h"

SNUG_CONV_KERNEL(conv_direct_dot_hwc);

SNUG_CONV_KERNEL(conv_direct_dot_hwc)
{
    (void)workspace;
    snug_direct_dot(layer, input, weights, bias, residual, output);
}
