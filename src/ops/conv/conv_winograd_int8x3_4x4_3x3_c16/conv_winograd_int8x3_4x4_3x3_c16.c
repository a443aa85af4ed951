/* conv_winograd_int8x3_4x4_3x3_c16 - Winograd convolution F(4x4, 3x3) on channel blocks whose products are
 * made by tiles of bytes. The idea and the workspace are in winograd_int8x3.h. For processors with AMX. */
#define SNUG_WINOGRAD_INT8X3
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 4
#define SNUG_WINOGRAD_OUTPUT_WIDTH 4
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_int8x3_4x4_3x3_c16);

SNUG_CONV_KERNEL(conv_winograd_int8x3_4x4_3x3_c16)
{
    snug_winograd_c16(layer, input, weights, bias, residual, output, workspace);
}
