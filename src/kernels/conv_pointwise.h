/* conv_pointwise.h - the 1x1 convolution of conv_pointwise_c16, for it and for the kernels that run it on
 * rows that they have just made. */
#ifndef SNUG_CONV_POINTWISE_H
#define SNUG_CONV_POINTWISE_H

#include "pointwise.h"

static inline SNUG_CONV_KERNEL(snug_conv_pointwise_c16)
{
    (void)workspace;
    snug_gemm g = {0};
    g.blocks = (layer->in_channels + 15) / 16;
    g.depth = 16;
    g.last_depth = layer->in_channels % 16;
    g.half = (layer->out_channels - 1) % 16 < 8;
    g.a_block = layer->in_plane;
    g.add_panel = layer->other_plane;
    g.out_panel = layer->out_plane;
    snug_pointwise(layer, &g, (layer->out_channels + 15) / 16 * 16, input, weights, bias, residual, output);
}

#endif
