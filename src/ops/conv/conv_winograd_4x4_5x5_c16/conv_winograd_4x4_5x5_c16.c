/* conv_winograd_4x4_5x5_c16 - Winograd convolution F(4x4, 5x5) on channel blocks. The idea, the papers, the
 * workspace and figures are in winograd.h. Up to 6.25 times fewer multiplications than a direct convolution.
 * Wins on 5x5 layers: 574 GFLOP/s on 32 to 96 channels of 28 x 28, 629 on 96 to 256 of 27 x 27, with a
 * multiply-add peak of 118 (c16). */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 4
#define SNUG_WINOGRAD_OUTPUT_WIDTH 4
#define SNUG_WINOGRAD_KERNEL 5
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_4x4_5x5_c16);

SNUG_CONV_KERNEL(conv_winograd_4x4_5x5_c16)
{
    snug_winograd_c16(layer, input, weights, bias, residual, output, workspace);
}
