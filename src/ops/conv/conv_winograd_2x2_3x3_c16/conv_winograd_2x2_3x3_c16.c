/* conv_winograd_2x2_3x3_c16 - Winograd convolution F(2x2, 3x3) on channel blocks. The idea and the workspace
 * are in winograd.h. Small tiles: the least error and the least workspace; wins on maps too small for larger
 * tiles. */
#define SNUG_WINOGRAD_OUTPUT 2
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_2x2_3x3_c16);

SNUG_CONV_KERNEL(conv_winograd_2x2_3x3_c16)
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
