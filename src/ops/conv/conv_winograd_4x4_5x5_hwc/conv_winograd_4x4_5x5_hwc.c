/* conv_winograd_4x4_5x5_hwc - Winograd convolution F(4x4, 5x5) on HWC maps. The idea, the
 * papers and the workspace are in winograd.h. Executes up to 6.25 times fewer multiplications than a direct
 * convolution. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 4
#define SNUG_WINOGRAD_OUTPUT_WIDTH 4
#define SNUG_WINOGRAD_KERNEL 5
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_4x4_5x5_hwc);

SNUG_CONV_KERNEL(conv_winograd_4x4_5x5_hwc)
{
    snug_winograd_hwc(layer, input, weights, bias, residual, output, workspace);
}
