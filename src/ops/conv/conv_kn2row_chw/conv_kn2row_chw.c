/* conv_kn2row_chw - accumulating kn2row: for every tap of the kernel the tap's weights times the planar map,
 * a matrix of channels x pixels, is added to the output, shifted by where the tap lies. What a tap reads is
 * copied `block` panels of 16 pixels at a time, so that the product reads memory in order. Workspace: these
 * panels of one tap, where im2col keeps all taps of all pixels. The output is read and written once per tap,
 * which the many channels of a layer must outweigh. */
#include "kn2.h"

SNUG_CONV_KERNEL(conv_kn2row_chw);

/* Up to 16 output channels times up to 16 pixels, added to an output whose rows have gaps. */
static void add_scattered(const snug_layer *l, const snug_gemm *base, int32_t channels, int32_t pixel,
                          int32_t pixels, const float *panel, const float *weights, float *output)
{
    float tile[256];
    ptrdiff_t place[16];
    snug_gemm g = *base;
    g.out_row = 16;
    snug_gemm_lanes(&g, channels, 16, weights, panel, NULL, NULL, tile);
    for (int32_t lane = 0; lane < pixels; lane++)
        place[lane] = (ptrdiff_t)((pixel + lane) / l->out_width) * l->out_row +
                      (ptrdiff_t)((pixel + lane) % l->out_width) * l->out_pixel;
    for (int32_t o = 0; o < channels; o++, output += l->out_plane)
        for (int32_t lane = 0; lane < pixels; lane++)
            output[place[lane]] += tile[o * 16 + lane];
}

/* Adds one tap to the output pixels [begin, end), at most layer->block panels. weights: the tap's. */
static void add_tap(const snug_layer *l, const snug_gemm *g, int dense, int32_t begin, int32_t end,
                    const float *panels, const float *weights, float *output)
{
    const ptrdiff_t panel_floats = (ptrdiff_t)l->in_channels * 16;
    const ptrdiff_t group_floats = panel_floats * l->kernel_height * l->kernel_width;
    for (int32_t o = 0; o < l->out_channels; o += 16, weights += group_floats) {
        const int32_t channels = l->out_channels - o < 16 ? l->out_channels - o : 16;
        float *out = output + (ptrdiff_t)o * l->out_plane;
        for (int32_t pixel = begin; pixel < end; pixel += 16) {
            const int32_t pixels = end - pixel < 16 ? end - pixel : 16;
            const float *panel = panels + (pixel - begin) / 16 * panel_floats;
            if (dense)
                snug_gemm_lanes(g, channels, pixels, weights, panel, NULL, out + pixel, out + pixel);
            else
                add_scattered(l, g, channels, pixel, pixels, panel, weights, out);
        }
    }
}

/* Adds every tap to the output rows [begin, end). */
static void add_taps(const snug_layer *l, const snug_gemm *g, int32_t begin, int32_t end, const float *input,
                     const float *weights, float *output, float *panels)
{
    const int dense = l->out_pixel == 1 && l->out_row == l->out_width;
    const int32_t last = end * l->out_width, step = l->block * 16;
    snug_layer tap = *l; /* a 1x1 convolution whose padding shifts it */
    tap.kernel_height = 1;
    tap.kernel_width = 1;
    for (int32_t ky = 0; ky < l->kernel_height; ky++)
        for (int32_t kx = 0; kx < l->kernel_width; kx++, weights += l->in_channels * 16) {
            tap.pad_top = l->pad_top - ky * l->dilation_y;
            tap.pad_left = l->pad_left - kx * l->dilation_x;
            for (int32_t pixel = begin * l->out_width; pixel < last; pixel += step) {
                const int32_t part = last - pixel < step ? last : pixel + step;
                for (int32_t p = pixel; p < part; p += 16)
                    snug_im2col_panel(&tap, l->in_channels, p, input,
                                      panels + (ptrdiff_t)(p - pixel) * l->in_channels);
                add_tap(l, g, dense, pixel, part, panels, weights, output);
            }
        }
}

SNUG_CONV_KERNEL(conv_kn2row_chw)
{
    snug_gemm g = {0};
    g.blocks = 1;
    g.taps_y = 1;
    g.taps_x = 1;
    g.depth = layer->in_channels;
    g.a_row = 1;
    g.a_depth = 16;
    g.b_depth = 16;
    g.add_row = layer->out_plane;
    g.out_row = layer->out_plane;
    const int32_t fit = (int32_t)(SNUG_KN2_PART / ((int64_t)layer->out_width * layer->out_channels));
    const int32_t step = fit < 1 ? 1 : fit;
    for (int32_t y = 0; y < layer->out_height; y += step) {
        const int32_t end = layer->out_height - y < step ? layer->out_height : y + step;
        snug_kn2_begin_chw(layer, layer->out_channels, y, end, bias, residual, output);
        add_taps(layer, &g, y, end, input, weights, output, workspace);
        snug_kn2_finish_chw(layer, layer->out_channels, y, end, output);
    }
}
