/* conv_winograd_2x2_3x3_chw - Winograd convolution F(2x2, 3x3) on planar maps; 16 channels are gathered and
 * scattered at a time. The idea and the workspace are in winograd.h. Small tiles: the least error and the
 * least workspace; wins on maps too small for larger tiles. */
#define SNUG_WINOGRAD_OUTPUT 2
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_2x2_3x3_chw);

SNUG_CONV_KERNEL(conv_winograd_2x2_3x3_chw)
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
