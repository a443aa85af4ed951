/* conv_depthwise_hwc - every channel is convolved with its own kernel (groups = channels), on interleaved
 * maps: 3x3 four output rows at a time, column by column (depthwise_columns.h), other kernels seven outputs
 * of a row at a time (depthwise.h), in bands of rows that stay in the second-level cache while the vectors of
 * channels go by. No workspace. Measured with AVX-512, maps warm: 94 to 112 % of the peak for 3x3 at stride
 * 1. Where pixels lie a multiple of 1 KiB apart a column's lines share a few sets of the first-level cache,
 * and where input and output also agree in the last 12 bits of their addresses loads wait for stores: 256
 * channels 65 to 95 %, 512 40 to 88 %; conv_depthwise_c16 knows neither. */
#include "depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_hwc);

/* Rows of the output to compute before the next channels, of the `rest` that are left: those that go at once
 * anyway, or as many as read 128 KiB. */
static int32_t band_rows(const snug_layer *l, const snug_depthwise_plan *plan, int32_t rest)
{
    const int32_t fit = 32768 / (l->in_width * l->in_channels) / l->stride_y;
    if (plan->by_columns)
        return snug_columns_rows(rest);
    return fit < 1 ? 1 : fit < rest ? fit : rest;
}

SNUG_CONV_KERNEL(conv_depthwise_hwc)
{
    (void)workspace;
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    const snug_depthwise_plan plan = snug_depthwise_hwc(layer);
    for (int32_t y = 0; y < layer->out_height;) {
        const int32_t end = y + band_rows(layer, &plan, layer->out_height - y);
        for (int32_t c = 0; c < layer->out_channels; c += 16) {
            const int32_t rest = layer->out_channels - c;
            snug_depthwise_block(layer, &plan, y, end, rest < 16 ? rest : 16, input + c,
                                 weights + (ptrdiff_t)c * taps, bias + c, residual ? residual + c : NULL,
                                 output + c);
        }
        y = end;
    }
}
