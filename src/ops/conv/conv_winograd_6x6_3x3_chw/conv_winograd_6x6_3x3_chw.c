/* conv_winograd_6x6_3x3_chw - Winograd convolution F(6x6, 3x3) on planar maps; 16 channels are gathered and
 * scattered at a time. The idea and the workspace are in winograd.h. The fewest multiplications (about a
 * fifth); wins on large maps, where its large tiles waste little at the edge. */
#define SNUG_WINOGRAD_OUTPUT 6
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_chw);

SNUG_CONV_KERNEL(conv_winograd_6x6_3x3_chw)
{
    const snug_channel_groups groups = {.in_group = 16 * (ptrdiff_t)layer->in_plane,
                                        .in_lane = layer->in_plane,
                                        .other_group = 16 * (ptrdiff_t)layer->other_plane,
                                        .other_lane = layer->other_plane,
                                        .out_group = 16 * (ptrdiff_t)layer->out_plane,
                                        .out_lane = layer->out_plane,
                                        .whole_groups = 0};
    snug_winograd(layer, &groups, input, weights, bias, residual, output, (float *)workspace);
}
