/* conv_winograd_6x6_3x3_chw - Winograd convolution F(6x6, 3x3) on planar maps, of which 16 channels of a
 * block are gathered and scattered at a time. The idea, the papers and the workspace are in winograd.h.
 * Executes up to 5.06 times fewer multiplications than a direct convolution. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 6
#define SNUG_WINOGRAD_OUTPUT_WIDTH 6
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_chw);

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_chw)
{
    snug_winograd_chw(layer, input, weights, bias, residual, output, workspace);
}
