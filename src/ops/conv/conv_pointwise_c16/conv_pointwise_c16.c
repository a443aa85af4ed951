/* conv_pointwise_c16 - 1x1 convolution on channel blocks: one matrix product, pixels x channels. The plane is
 * one long row of pixels where its rows follow on one another; strided layers go row by row. No workspace;
 * the method of choice for every 1x1 layer in its layout. */
#include "epilogue.h"
#include "gemm.h"

SNUG_CONV_KERNEL(conv_pointwise_c16);

SNUG_CONV_KERNEL(conv_pointwise_c16)
{
    (void)workspace;
    snug_gemm g = {0};
    g.blocks = (layer->in_channels + 15) / 16;
    g.depth = 16;
    g.last_depth = layer->in_channels % 16;
    g.a_block = layer->in_plane;
    g.b_block = 256;
    g.taps_y = 1;
    g.taps_x = 1;
    g.a_depth = 1;
    g.b_depth = 16;
    g.a_row = (ptrdiff_t)layer->stride_x * layer->in_pixel;
    g.add_row = layer->other_pixel;
    g.out_row = layer->out_pixel;
    snug_gemm_limit(&g, layer);
    int32_t height = layer->out_height, width = layer->out_width;
    const ptrdiff_t in_y = (ptrdiff_t)layer->stride_y * layer->in_row;
    if (in_y == width * g.a_row && layer->out_row == width * layer->out_pixel &&
        (!residual || layer->other_row == width * layer->other_pixel)) {
        width *= height;
        height = 1;
    }
    g.b_panel = (ptrdiff_t)g.blocks * 256;
    g.init_panel = 16;
    g.add_panel = layer->other_plane;
    g.out_panel = layer->out_plane;
    for (int32_t y = 0; y < height; y++) {
        float *out = output + (ptrdiff_t)y * layer->out_row;
        snug_gemm_product(&g, width, (layer->out_channels + 15) / 16 * 16, input + y * in_y, weights, bias,
                          residual ? residual + (ptrdiff_t)y * layer->other_row : NULL, out);
        for (int32_t panel = 0; panel * 16 < layer->out_channels; panel++)
            snug_activate_rows(layer, width, 16, out + (ptrdiff_t)panel * layer->out_plane, layer->out_pixel);
    }
}
