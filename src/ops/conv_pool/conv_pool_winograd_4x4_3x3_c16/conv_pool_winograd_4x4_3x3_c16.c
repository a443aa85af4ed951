/* conv_pool_winograd_4x4_3x3_c16 - Winograd convolution F(4x4, 3x3) on channel blocks and the pool behind it,
 * a block of tiles at a time. The idea, the workspace and figures are in winograd_pool.h. Wins where weights
 * must be few: 36 / 9 of their plain size where 6 x 6 takes 64 / 9. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 4
#define SNUG_WINOGRAD_OUTPUT_WIDTH 4
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd_pool.h"

SNUG_CONV_KERNEL(conv_pool_winograd_4x4_3x3_c16);

SNUG_CONV_KERNEL(conv_pool_winograd_4x4_3x3_c16)
{
    (void)residual;
    snug_winograd_pool(layer, input, weights, bias, output, (float *)workspace);
}
