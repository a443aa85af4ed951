/* conv_pool_winograd_4x4_5x5_c16 - Winograd convolution F(4x4, 5x5) on channel blocks and the pool behind it,
 * a block of tiles at a time. The idea and the workspace are in winograd_pool.h. Wins on memory behind
 * AlexNet's second convolution, at the same speed: 51 KiB more workspace where the map between has 547 KiB.
 */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 4
#define SNUG_WINOGRAD_OUTPUT_WIDTH 4
#define SNUG_WINOGRAD_KERNEL 5
#include "winograd_pool.h"

SNUG_CONV_KERNEL(conv_pool_winograd_4x4_5x5_c16);

SNUG_CONV_KERNEL(conv_pool_winograd_4x4_5x5_c16)
{
    (void)residual;
    snug_winograd_pool(layer, input, weights, bias, output, (float *)workspace);
}
