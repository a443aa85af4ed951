/* conv_winograd_4x4_3x3_hwc - Winograd convolution F(4x4, 3x3) on HWC maps. The idea, the papers, the
 * workspace and figures are in winograd.h. Up to 4.00 times fewer multiplications than a direct convolution.
 * Wins over 6 x 6 where flash counts: half the weights, at 80 to 85 % of its speed. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 4
#define SNUG_WINOGRAD_OUTPUT_WIDTH 4
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_4x4_3x3_hwc);

SNUG_CONV_KERNEL(conv_winograd_4x4_3x3_hwc)
{
    snug_winograd_hwc(layer, input, weights, bias, residual, output, workspace);
}
