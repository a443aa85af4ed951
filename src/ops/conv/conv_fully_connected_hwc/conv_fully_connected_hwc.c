/* conv_fully_connected_hwc - the kernel covers the whole input and there is one output pixel: a matrix times
 * a vector, bound by how fast the weights stream from memory. They lie in the order in which this layout's
 * input is read; panels of 16 outputs are read side by side, each a stream for the prefetcher. No
 * workspace. */
#include "gemv.h"

SNUG_CONV_KERNEL(conv_fully_connected_hwc);

SNUG_CONV_KERNEL(conv_fully_connected_hwc)
{
    (void)workspace;
    snug_gemm g = {0};
    g.blocks = 1;
    g.depth = layer->in_channels;
    g.a_y = layer->in_row;
    g.a_x = layer->in_pixel;
    g.a_depth = 1;
    g.b_x = (ptrdiff_t)layer->in_channels * 16;
    g.b_y = g.b_x * layer->in_width;
    g.b_block = g.b_y * layer->in_height;
    g.taps_x = layer->in_width;
    g.taps_y = layer->in_height;
    g.b_depth = 16;
    snug_gemv(layer, &g, INT32_MAX, input, weights, bias, residual, output);
}
