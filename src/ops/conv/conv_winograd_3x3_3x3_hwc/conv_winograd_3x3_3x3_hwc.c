/* conv_winograd_3x3_3x3_hwc - Winograd convolution F(3x3, 3x3) on HWC maps. The idea, the papers, the
 * workspace and figures are in winograd.h. Up to 3.24 times fewer multiplications than a direct convolution.
 * Between 2 x 2 and 4 x 4 in speed, weights and accuracy; part of the classic library. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 3
#define SNUG_WINOGRAD_OUTPUT_WIDTH 3
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_3x3_3x3_hwc);

SNUG_CONV_KERNEL(conv_winograd_3x3_3x3_hwc)
{
    snug_winograd_hwc(layer, input, weights, bias, residual, output, workspace);
}
