/* conv_winograd_6x6_3x3_hwc - Winograd convolution F(6x6, 3x3) on HWC maps. The idea and the workspace
 * are in winograd.h. The fewest multiplications (about a fifth); wins on large maps, where its large tiles
 * waste little at the edge. */
#define SNUG_WINOGRAD_OUTPUT 6
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_hwc);

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_hwc)
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
