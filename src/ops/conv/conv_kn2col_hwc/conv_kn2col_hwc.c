/* conv_kn2col_hwc - accumulating kn2col: for every tap of the kernel the interleaved map, as the matrix of
 * pixels x channels that it is, times the tap's weights is added to the output, shifted by where the tap
 * lies. Taps on the padding are skipped. No workspace and no copy; the output is read and written once per
 * tap, which the many channels of a layer must outweigh. The least memory of all classic methods. */
#include "kn2.h"

SNUG_CONV_KERNEL(conv_kn2col_hwc);

static void begin_rows(const snug_layer *l, int32_t begin, int32_t end, const float *bias,
                       const float *residual, float *output)
{
    for (int32_t y = begin; y < end; y++)
        for (int32_t x = 0; x < l->out_width; x++) {
            float *out = output + (ptrdiff_t)y * l->out_row + (ptrdiff_t)x * l->out_pixel;
            if (!residual) {
                for (int32_t o = 0; o < l->out_channels; o++)
                    out[o] = bias[o];
                continue;
            }
            const float *other = residual + (ptrdiff_t)y * l->other_row + (ptrdiff_t)x * l->other_pixel;
            for (int32_t o = 0; o < l->out_channels; o++)
                out[o] = bias[o] + other[o];
        }
}

/* Adds one tap to the output rows [begin, end), columns [left, right), for which it lies inside the map.
 * input, output: the first of these pixels. */
static void add_tap(const snug_layer *l, snug_gemm *g, int32_t rows, int32_t columns, const float *input,
                    const float *weights, float *output)
{
    const ptrdiff_t panel_floats = (ptrdiff_t)l->in_channels * l->kernel_height * l->kernel_width * 16;
    if (l->in_row == columns * l->in_pixel && l->out_row == columns * l->out_pixel) {
        columns *= rows;
        rows = 1;
    }
    for (int32_t o = 0; o < l->out_channels; o += 16, weights += panel_floats)
        for (int32_t y = 0; y < rows; y++) {
            float *out = output + (ptrdiff_t)y * l->out_row + o;
            const int32_t rest = l->out_channels - o;
            snug_gemm_lanes(g, columns, rest < 16 ? rest : 16, input + (ptrdiff_t)y * l->in_row, weights,
                            NULL, out, out);
        }
}

/* Adds every tap to the output rows [begin, end). */
static void add_taps(const snug_layer *l, snug_gemm *g, int32_t begin, int32_t end, const float *input,
                     const float *weights, float *output)
{
    const snug_axis axis_y = snug_axis_y(l), axis_x = snug_axis_x(l);
    const ptrdiff_t tap_floats = (ptrdiff_t)l->in_channels * 16;
    for (int32_t ky = 0; ky < l->kernel_height; ky++) {
        int32_t top, bottom;
        snug_kn2_range(&axis_y, ky, &top, &bottom);
        top = top < begin ? begin : top;
        bottom = bottom > end ? end : bottom;
        for (int32_t kx = 0; kx < l->kernel_width && top < bottom; kx++) {
            int32_t left, right;
            snug_kn2_range(&axis_x, kx, &left, &right);
            if (left == right)
                continue;
            const int32_t in_y = top + ky * l->dilation_y - l->pad_top;
            const int32_t in_x = left + kx * l->dilation_x - l->pad_left;
            add_tap(l, g, bottom - top, right - left,
                    input + (ptrdiff_t)in_y * l->in_row + (ptrdiff_t)in_x * l->in_pixel,
                    weights + (ky * l->kernel_width + kx) * tap_floats,
                    output + (ptrdiff_t)top * l->out_row + (ptrdiff_t)left * l->out_pixel);
        }
    }
}

SNUG_CONV_KERNEL(conv_kn2col_hwc)
{
    (void)workspace;
    snug_gemm g = {0};
    g.blocks = 1;
    g.taps_y = 1;
    g.taps_x = 1;
    g.depth = layer->in_channels;
    g.a_row = layer->in_pixel;
    g.a_depth = 1;
    g.b_depth = 16;
    g.add_row = layer->out_pixel;
    g.out_row = layer->out_pixel;
    const int32_t fit = (int32_t)(SNUG_KN2_PART / ((int64_t)layer->out_width * layer->out_channels));
    const int32_t step = fit < 1 ? 1 : fit;
    for (int32_t y = 0; y < layer->out_height; y += step) {
        const int32_t end = layer->out_height - y < step ? layer->out_height : y + step;
        begin_rows(layer, y, end, bias, residual, output);
        add_taps(layer, &g, y, end, input, weights, output);
        for (int32_t row = y; row < end && layer->activation != SNUG_NO_ACTIVATION; row++)
            for (int32_t x = 0; x < layer->out_width; x++)
                snug_activate(layer,
                              output + (ptrdiff_t)row * layer->out_row + (ptrdiff_t)x * layer->out_pixel,
                              layer->out_channels);
    }
}
