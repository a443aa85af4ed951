/* conv_pointwise_hwc - 1x1 convolution on interleaved maps. No workspace; the method of choice for 1x1 layers
 * in its layout. `block`: pixels at once, see pointwise.h. */
#include "pointwise.h"

SNUG_CONV_KERNEL(conv_pointwise_hwc);

SNUG_CONV_KERNEL(conv_pointwise_hwc)
{
    (void)workspace;
    snug_gemm g = {0};
    g.blocks = 1;
    g.depth = layer->in_channels;
    g.add_panel = 16;
    g.out_panel = 16;
    snug_pointwise(layer, &g, layer->out_channels, input, weights, bias, residual, output);
}
