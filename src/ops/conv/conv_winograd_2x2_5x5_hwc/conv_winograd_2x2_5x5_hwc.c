/* conv_winograd_2x2_5x5_hwc - Winograd convolution F(2x2, 5x5) on HWC maps. The idea, the papers, the
 * workspace and figures are in winograd.h. Up to 2.78 times fewer multiplications than a direct convolution.
 * Wins where the weights of larger tiles do not fit: 281 GFLOP/s where 4 x 4 reaches 629, with 56 % of its
 * weights. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 2
#define SNUG_WINOGRAD_OUTPUT_WIDTH 2
#define SNUG_WINOGRAD_KERNEL 5
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_2x2_5x5_hwc);

SNUG_CONV_KERNEL(conv_winograd_2x2_5x5_hwc)
{
    snug_winograd_hwc(layer, input, weights, bias, residual, output, workspace);
}
