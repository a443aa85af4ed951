/* conv_fully_connected_24bit_hwc - conv_fully_connected_hwc with weights of 24 bits: three quarters of the
 * flash and, as memory bounds the speed, of the time. Format, precision and workspace are in gemv_24bit.h. */
#include "gemv_24bit.h"

SNUG_CONV_KERNEL(conv_fully_connected_24bit_hwc);

SNUG_CONV_KERNEL(conv_fully_connected_24bit_hwc)
{
    snug_gemv_24bit(layer, snug_gemv_hwc(layer), INT32_MAX, input, weights, bias, residual, output,
                    (float *)workspace);
}
