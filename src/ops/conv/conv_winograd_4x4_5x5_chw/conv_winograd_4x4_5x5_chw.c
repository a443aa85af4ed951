/* conv_winograd_4x4_5x5_chw - Winograd convolution F(4x4, 5x5) on planar maps, of which 16 channels of a
 * block are gathered and scattered at a time. The idea, the papers and the workspace are in winograd.h.
 * Executes up to 6.25 times fewer multiplications than a direct convolution. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 4
#define SNUG_WINOGRAD_OUTPUT_WIDTH 4
#define SNUG_WINOGRAD_KERNEL 5
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_4x4_5x5_chw);

SNUG_CONV_KERNEL(conv_winograd_4x4_5x5_chw)
{
    snug_winograd_chw(layer, input, weights, bias, residual, output, workspace);
}
