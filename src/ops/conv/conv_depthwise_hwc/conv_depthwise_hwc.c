/* conv_depthwise_hwc - every channel is convolved with its own kernel (groups = channels), on interleaved
 * maps: vectors of channels, seven outputs of a row at a time (see depthwise.h), in bands of rows that stay
 * in the second-level cache while the vectors of channels go by. No workspace. */
#include "depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_hwc);

/* Rows of the output whose input takes 128 KiB. */
static int32_t band_rows(const snug_layer *l)
{
    const int32_t fit = 32768 / (l->in_width * l->in_channels) / l->stride_y;
    return fit < 1 ? 1 : fit;
}

SNUG_CONV_KERNEL(conv_depthwise_hwc)
{
    (void)workspace;
    const int32_t taps = layer->kernel_height * layer->kernel_width, band = band_rows(layer);
    snug_depthwise_function *const tile = snug_depthwise_for_hwc(layer);
    for (int32_t y = 0; y < layer->out_height; y += band)
        for (int32_t c = 0; c < layer->out_channels; c += 16) {
            const int32_t rest = layer->out_channels - c;
            snug_depthwise_block(layer, tile, y, layer->out_height - y < band ? layer->out_height : y + band,
                                 rest < 16 ? rest : 16, input + c, weights + (ptrdiff_t)c * taps, bias + c,
                                 residual ? residual + c : NULL, output + c);
        }
}
