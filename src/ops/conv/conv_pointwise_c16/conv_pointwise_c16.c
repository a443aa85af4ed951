/* conv_pointwise_c16 - 1x1 convolution on channel blocks. No workspace; the method of choice for every 1x1
 * layer in its layout: 95 to 99 % of the peak for 32 channels or more. */
#include "pointwise.h"

SNUG_CONV_KERNEL(conv_pointwise_c16);

SNUG_CONV_KERNEL(conv_pointwise_c16)
{
    (void)workspace;
    snug_gemm g = {0};
    g.blocks = (layer->in_channels + 15) / 16;
    g.depth = 16;
    g.last_depth = layer->in_channels % 16;
    g.a_block = layer->in_plane;
    g.add_panel = layer->other_plane;
    g.out_panel = layer->out_plane;
    snug_pointwise(layer, &g, (layer->out_channels + 15) / 16 * 16, input, weights, bias, residual, output);
}
