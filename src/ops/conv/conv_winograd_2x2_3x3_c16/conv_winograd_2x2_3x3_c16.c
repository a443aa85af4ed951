/* conv_winograd_2x2_3x3_c16 - Winograd convolution F(2x2, 3x3) on channel blocks. The idea, the papers, the
 * workspace and figures are in winograd.h. Up to 2.25 times fewer multiplications than a direct convolution.
 * Wins where the weights must stay small or few pixels meet many channels, such as 512 channels of 7 x 7; the
 * most accurate of its family: 1e-6. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 2
#define SNUG_WINOGRAD_OUTPUT_WIDTH 2
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_2x2_3x3_c16);

SNUG_CONV_KERNEL(conv_winograd_2x2_3x3_c16)
{
    snug_winograd_c16(layer, input, weights, bias, residual, output, workspace);
}
