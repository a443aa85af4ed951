/* conv_blocked_c8 - channel-blocked direct convolution on blocks of 8 channels: the register tiles of
 * conv_blocked_c16 (16 output channels each) read them, and a strip of sums is cut into blocks in the
 * first-level cache. For networks of few channels on targets with short vectors, where blocks of 16 would be
 * padding. */
#include "conv_layouts.h"

SNUG_CONV_KERNEL(conv_blocked_c8);

SNUG_CONV_KERNEL(conv_blocked_c8)
{
    snug_conv_layouts(layer, 8, 8, input, weights, bias, residual, output, workspace);
}
