/* conv_winograd_4x4_3x3_hwc - Winograd convolution F(4x4, 3x3) on HWC maps. The idea and the workspace
 * are in winograd.h. A quarter of the multiplications of a direct convolution: wins on most 3x3 layers with
 * many channels. */
#define SNUG_WINOGRAD_OUTPUT 4
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_4x4_3x3_hwc);

SNUG_CONV_KERNEL(conv_winograd_4x4_3x3_hwc)
{
    const snug_channel_groups groups = {.in_group = 16,
                                        .in_lane = 1,
                                        .other_group = 16,
                                        .other_lane = 1,
                                        .out_group = 16,
                                        .out_lane = 1,
                                        .whole_groups = 0};
    snug_winograd(layer, &groups, input, weights, bias, residual, output, (float *)workspace);
}
