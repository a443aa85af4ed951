/* conv_winograd_3x3_5x5_c16 - Winograd convolution F(3x3, 5x5) on channel blocks. The idea, the papers, the
 * workspace and figures are in winograd.h. Up to 4.59 times fewer multiplications than a direct convolution.
 * Half way to 4 x 4 in speed and weights (486 GFLOP/s where that reaches 629); part of the classic library.
 */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 3
#define SNUG_WINOGRAD_OUTPUT_WIDTH 3
#define SNUG_WINOGRAD_KERNEL 5
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_3x3_5x5_c16);

SNUG_CONV_KERNEL(conv_winograd_3x3_5x5_c16)
{
    snug_winograd_c16(layer, input, weights, bias, residual, output, workspace);
}
