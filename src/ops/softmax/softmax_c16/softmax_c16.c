/* softmax_c16.c - softmax over channels, blocks of 16: vectors of channels, the last block's padding left
 * out. */
#include "runs.h"
#include "softmax.h"

static int32_t channels_in_block(const snug_layer *layer, int32_t block)
{
    const int32_t left = layer->in_channels - 16 * block;
    return left < 16 ? left : 16;
}

static void softmax_pixel(const snug_layer *layer, const float *input, float *output)
{
    const int32_t blocks = (layer->in_channels + 15) / 16;
    float max = input[0];
    snug_compensated total = {0, 0};
    for (int32_t b = 0; b < blocks; ++b) {
        const float largest =
            snug_softmax_max(input + (ptrdiff_t)b * layer->in_plane, channels_in_block(layer, b));
        max = largest > max ? largest : max;
    }
    for (int32_t b = 0; b < blocks; ++b)
        snug_add_compensated(&total, snug_softmax_stretch(input + (ptrdiff_t)b * layer->in_plane,
                                                          output + (ptrdiff_t)b * layer->out_plane, max,
                                                          channels_in_block(layer, b)));
    for (int32_t b = 0; b < blocks; ++b)
        snug_softmax_scale(output + (ptrdiff_t)b * layer->out_plane, 1 / total.sum,
                           channels_in_block(layer, b));
}

SNUG_MAP_KERNEL(softmax_c16)
{
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t x = 0; x < layer->in_width; ++x)
            softmax_pixel(layer, input + (ptrdiff_t)y * layer->in_row + (ptrdiff_t)x * layer->in_pixel,
                          output + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel);
    snug_zero_padding(layer, 16, output);
}
