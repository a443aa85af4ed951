/* conv_kn2row_shift_add_chw - kn2row with separate products and additions: a strip of `block` input rows is
 * copied once, multiplied with every tap's weights, and each product is added to the output, shifted by where
 * the tap lies. Workspace: the copied strip and the product of 16 output channels, where the published form
 * keeps the products of the whole map. Against the accumulating form it copies an input once instead of once
 * per tap, but adds outside of the register tile: better where input channels are many and output channels
 * few. */
#include "kn2.h"

SNUG_CONV_KERNEL(conv_kn2row_shift_add_chw);

/* One row of a product, from `left` on, added to a row of the output. */
static void add_row(const float *product, int32_t count, float *output, int32_t out_pixel)
{
    if (out_pixel == 1)
        for (int32_t x = 0; x < count; x++)
            output[x] += product[x];
    else
        for (int32_t x = 0; x < count; x++)
            output[(ptrdiff_t)x * out_pixel] += product[x];
}

/* Adds the product of the input rows [begin, end) and one tap, planes of `plane` floats. */
static void shift_add(const snug_layer *l, int32_t channels, int32_t begin, int32_t end, int32_t ky,
                      int32_t kx, const float *product, int32_t plane, float *output)
{
    const snug_axis axis_y = snug_axis_y(l), axis_x = snug_axis_x(l);
    const int32_t shift_y = ky * l->dilation_y - l->pad_top, shift_x = kx * l->dilation_x - l->pad_left;
    int32_t top, bottom, left, right;
    snug_kn2_range(&axis_y, ky, &top, &bottom);
    snug_kn2_range(&axis_x, kx, &left, &right);
    top = top + shift_y < begin ? begin - shift_y : top;
    bottom = bottom + shift_y > end ? end - shift_y : bottom;
    for (int32_t o = 0; o < channels; o++)
        for (int32_t y = top; y < bottom; y++)
            add_row(product + (ptrdiff_t)o * plane + (ptrdiff_t)(y + shift_y - begin) * l->in_width + left +
                        shift_x,
                    right - left,
                    output + (ptrdiff_t)o * l->out_plane + (ptrdiff_t)y * l->out_row +
                        (ptrdiff_t)left * l->out_pixel,
                    l->out_pixel);
}

/* Adds what the input rows [begin, end) contribute to up to 16 output channels. */
static void add_strip(const snug_layer *l, int32_t channels, int32_t begin, int32_t end, const float *panels,
                      const float *weights, float *output, float *product)
{
    const int32_t plane = ((end - begin) * l->in_width + 15) / 16 * 16;
    const ptrdiff_t panel_floats = (ptrdiff_t)l->in_channels * 16;
    snug_gemm g = {0};
    g.blocks = 1;
    g.taps_y = 1;
    g.taps_x = 1;
    g.depth = l->in_channels;
    g.a_row = 1;
    g.a_depth = 16;
    g.b_depth = 16;
    g.out_row = plane;
    for (int32_t ky = 0; ky < l->kernel_height; ky++)
        for (int32_t kx = 0; kx < l->kernel_width; kx++, weights += panel_floats) {
            for (int32_t pixel = 0; pixel < plane; pixel += 16)
                snug_gemm_lanes(&g, channels, 16, weights, panels + pixel / 16 * panel_floats, NULL, NULL,
                                product + pixel);
            shift_add(l, channels, begin, end, ky, kx, product, plane, output);
        }
}

SNUG_CONV_KERNEL(conv_kn2row_shift_add_chw)
{
    snug_kn2_begin_chw(layer, layer->out_channels, 0, layer->out_height, bias, residual, output);
    const ptrdiff_t panel_floats = (ptrdiff_t)layer->in_channels * 16;
    const ptrdiff_t group_floats = panel_floats * layer->kernel_height * layer->kernel_width;
    snug_layer strip = *layer; /* the 1x1 convolution that reads the strip */
    strip.kernel_height = 1;
    strip.kernel_width = 1;
    strip.pad_left = 0;
    strip.out_width = layer->in_width;
    for (int32_t y = 0; y < layer->in_height; y += layer->block) {
        const int32_t end = layer->in_height - y < layer->block ? layer->in_height : y + layer->block;
        const int32_t pixels = (end - y) * layer->in_width;
        float *panels = workspace;
        strip.pad_top = -y;
        strip.out_height = end - y;
        for (int32_t pixel = 0; pixel < pixels; pixel += 16)
            snug_im2col_panel(&strip, layer->in_channels, pixel, input, panels + pixel / 16 * panel_floats);
        float *product = panels + (pixels + 15) / 16 * panel_floats;
        for (int32_t o = 0; o < layer->out_channels; o += 16)
            add_strip(layer, layer->out_channels - o < 16 ? layer->out_channels - o : 16, y, end, panels,
                      weights + o / 16 * group_floats, output + (ptrdiff_t)o * layer->out_plane, product);
    }
    snug_kn2_finish_chw(layer, layer->out_channels, 0, layer->out_height, output);
}
