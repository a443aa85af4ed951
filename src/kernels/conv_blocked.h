/* conv_blocked.h - the channel-blocked direct convolution of conv_blocked_c16, for it and for the kernels
 * that run what follows on its output while that is in the cache. */
#ifndef SNUG_CONV_BLOCKED_H
#define SNUG_CONV_BLOCKED_H

#define SNUG_GEMM_BORDERS
#define SNUG_GEMM_PIXEL_ROWS
#include "conv_regions.h"

static inline SNUG_CONV_KERNEL(snug_conv_blocked_c16)
{
    (void)workspace;
    const int32_t channels = layer->in_channels / layer->groups,
                  group_size = layer->out_channels / layer->groups;
    const int32_t blocks = (channels + 15) / 16, taps = layer->kernel_height * layer->kernel_width;
    snug_gemm g = {0};
    g.blocks = blocks;
    g.depth = 16;
    g.last_depth = channels % 16;
    g.a_block = layer->in_plane;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_x = 256;
    g.b_y = (ptrdiff_t)layer->kernel_width * 256;
    g.b_block = (ptrdiff_t)taps * 256;
    snug_gemm_limit(&g, layer);
    g.b_panel = blocks * g.b_block;
    g.add_panel = layer->other_plane;
    g.out_panel = layer->out_plane;
    const int32_t panels = (group_size + 15) / 16;
    for (int32_t group = 0; group < layer->groups; group++) {
        const ptrdiff_t panel = (ptrdiff_t)group * panels;
        snug_conv_panels(layer, &g, panels * 16, input + (ptrdiff_t)group * blocks * layer->in_plane,
                         weights + panel * g.b_panel, bias + panel * 16,
                         residual ? residual + panel * layer->other_plane : NULL,
                         output + panel * layer->out_plane);
    }
}

#endif
