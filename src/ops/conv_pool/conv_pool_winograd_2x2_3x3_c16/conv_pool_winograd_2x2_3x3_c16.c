/* conv_pool_winograd_2x2_3x3_c16 - Winograd convolution F(2x2, 3x3) on channel blocks and the pool behind it,
 * a block of tiles at a time. The idea and the workspace are in winograd_pool.h. Wins under the tightest
 * limits of flash and RAM: weights of 16 / 9 their plain size and the smallest workspace, at 1.8 times the
 * speed of conv_pool_blocked_c16. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 2
#define SNUG_WINOGRAD_OUTPUT_WIDTH 2
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd_pool.h"

SNUG_CONV_KERNEL(conv_pool_winograd_2x2_3x3_c16);

SNUG_CONV_KERNEL(conv_pool_winograd_2x2_3x3_c16)
{
    (void)residual;
    snug_winograd_pool(layer, input, weights, bias, output, (float *)workspace);
}
