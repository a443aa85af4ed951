/* conv_winograd_4x4_3x3_chw - Winograd convolution F(4x4, 3x3) on planar maps; 16 channels are gathered and
 * scattered at a time. The idea and the workspace are in winograd.h. A quarter of the multiplications of a
 * direct convolution: wins on most 3x3 layers with many channels. */
#define SNUG_WINOGRAD_OUTPUT 4
#include "winograd.h"

SNUG_CONV_KERNEL(conv_winograd_4x4_3x3_chw);

SNUG_CONV_KERNEL(conv_winograd_4x4_3x3_chw)
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
