/* conv_fully_connected_chw - the kernel covers the whole input and there is one output pixel: a matrix times
 * a vector, bound by how fast the weights stream from memory. They lie in the order in which this layout's
 * input is read; panels of 16 outputs are read side by side, each a stream for the prefetcher. No
 * workspace. */
#include "gemv.h"

SNUG_CONV_KERNEL(conv_fully_connected_chw);

SNUG_CONV_KERNEL(conv_fully_connected_chw)
{
    (void)workspace;
    snug_gemm g = {0};
    g.blocks = layer->in_channels;
    g.depth = layer->in_width;
    g.taps_x = 1;
    g.a_block = layer->in_plane;
    g.a_y = layer->in_row;
    g.a_depth = layer->in_pixel;
    g.b_y = (ptrdiff_t)layer->in_width * 16;
    g.b_block = g.b_y * layer->in_height;
    g.taps_y = layer->in_height;
    g.b_depth = 16;
    snug_gemv(layer, &g, 1, input, weights, bias, residual, output);
}
