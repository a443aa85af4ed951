/* conv_winograd_6x6_3x3_chw - Winograd convolution F(6x6, 3x3) on planar maps, of which 16 channels of a
 * block of tiles are gathered and scattered at a time. The idea, the papers, the workspace and figures are in
 * winograd.h. Up to 5.06 times fewer multiplications than a direct convolution. Wins on most 3x3 layers with
 * 32 channels or more and a map of 14 x 14 or larger: 360 to 490 GFLOP/s. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 6
#define SNUG_WINOGRAD_OUTPUT_WIDTH 6
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_chw);

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_chw)
{
    snug_winograd_chw(layer, input, weights, bias, residual, output, workspace);
}
