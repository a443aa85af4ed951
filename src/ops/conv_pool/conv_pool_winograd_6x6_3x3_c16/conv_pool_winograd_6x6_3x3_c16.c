/* conv_pool_winograd_6x6_3x3_c16 - Winograd convolution F(6x6, 3x3) on channel blocks and the pool behind it,
 * a block of tiles at a time. The idea, the workspace and figures are in winograd_pool.h. Wins where
 * conv_winograd_6x6_3x3_c16 wins and a pool follows: the ends of VGG's stages. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 6
#define SNUG_WINOGRAD_OUTPUT_WIDTH 6
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd_pool.h"

SNUG_CONV_KERNEL(conv_pool_winograd_6x6_3x3_c16);

SNUG_CONV_KERNEL(conv_pool_winograd_6x6_3x3_c16)
{
    (void)residual;
    snug_winograd_pool(layer, input, weights, bias, output, (float *)workspace);
}
