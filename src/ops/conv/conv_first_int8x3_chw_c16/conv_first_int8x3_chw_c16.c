/* conv_first_int8x3_chw_c16 - the first layer of a network by tiles of bytes: up to four input channels in
 * planes (such as RGB) to blocks of 16 output channels, every float being a whole number of three digits
 * (int8x3.h). For processors with AMX, where it takes half to two thirds of the time of conv_first_chw_c16.
 *
 * The input rows of a strip of `block` output rows become digits, then patches of 4x4 pixels
 * (first_int8x3.h). Higher strips convert fewer rows twice, lower ones need less workspace. */
#include "first_int8x3.h"

SNUG_CONV_KERNEL(conv_first_int8x3_chw_c16);

SNUG_CONV_KERNEL(conv_first_int8x3_chw_c16)
{
    snug_conv_first_int8x3(layer, input, weights, bias, residual, output, workspace);
}
