/* conv_pool_winograd_int8x3_4x4_3x3_c16 - conv_winograd_int8x3_4x4_3x3_c16 and the
 * pool behind it, a block of tiles at a time, see winograd_pool.h. For processors with AMX. */
#define SNUG_WINOGRAD_INT8X3
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 4
#define SNUG_WINOGRAD_OUTPUT_WIDTH 4
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd_pool.h"

SNUG_CONV_KERNEL(conv_pool_winograd_int8x3_4x4_3x3_c16);

SNUG_CONV_KERNEL(conv_pool_winograd_int8x3_4x4_3x3_c16)
{
    (void)residual;
    snug_winograd_pool(layer, input, weights, bias, output, (float *)workspace);
}
