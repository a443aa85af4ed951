/* conv_winograd_6x6_3x3_c16 - Winograd convolution F(6x6, 3x3) on channel blocks. The idea and the workspace
 * are in winograd.h. The fewest multiplications (about a fifth); wins on large maps, where its large tiles
 * waste little at the edge. */
#define SNUG_WINOGRAD_OUTPUT 6
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_c16);

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_c16)
{
    const snug_channel_groups groups = {.in_group = layer->in_plane,
                                        .in_lane = 1,
                                        .other_group = layer->other_plane,
                                        .other_lane = 1,
                                        .out_group = layer->out_plane,
                                        .out_lane = 1,
                                        .whole_groups = 1};
    snug_winograd(layer, &groups, input, weights, bias, residual, output, (float *)workspace);
}
