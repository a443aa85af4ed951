/* conv_fully_connected_24bit_chw - conv_fully_connected_chw with weights of 24 bits: three quarters of the
 * flash and, as memory bounds the speed, of the time. Format, precision and workspace are in gemv_24bit.h. */
#include "gemv_24bit.h"

SNUG_CONV_KERNEL(conv_fully_connected_24bit_chw);

SNUG_CONV_KERNEL(conv_fully_connected_24bit_chw)
{
    snug_gemv_24bit(layer, snug_gemv_chw(layer), 1, input, weights, bias, residual, output,
                    (float *)workspace);
}
