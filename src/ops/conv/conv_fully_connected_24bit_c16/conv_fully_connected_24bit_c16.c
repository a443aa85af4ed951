/* conv_fully_connected_24bit_c16 - conv_fully_connected_c16 with weights of 24 bits: three quarters of the
 * flash and, as memory bounds the speed, of the time. Format, precision and workspace are in gemv_24bit.h. */
#include "gemv_24bit.h"

SNUG_CONV_KERNEL(conv_fully_connected_24bit_c16);

SNUG_CONV_KERNEL(conv_fully_connected_24bit_c16)
{
    snug_gemv_24bit(layer, snug_gemv_c16(layer), 16, input, weights, bias, residual, output,
                    (float *)workspace);
}
