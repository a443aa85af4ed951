/* softmax_chw.c - softmax over channels, planar: vectors of pixels; a map of one pixel is a vector of
 * channels. */
#include "softmax.h"

static snug_vec load(const float *p, int32_t floats)
{
    return floats == SNUG_VL ? snug_load(p) : snug_load_some(p, floats);
}

static void store(float *p, snug_vec v, int32_t floats)
{
    if (floats == SNUG_VL)
        snug_store(p, v);
    else
        snug_store_some(p, v, floats);
}

/* output = exp(input - max) of `floats` pixels; returns the sums over `channels` channels. */
static snug_vec exp_of_channels(const snug_layer *layer, const float *input, float *output, int32_t channels,
                                int32_t floats, snug_vec max)
{
    snug_vec sum = snug_set1(0);
    for (int32_t c = 0; c < channels; ++c) {
        const snug_vec value = snug_exp(snug_sub(load(input + (ptrdiff_t)c * layer->in_plane, floats), max));
        store(output + (ptrdiff_t)c * layer->out_plane, value, floats);
        sum = snug_add(sum, value);
    }
    return sum;
}

/* All channels of `floats` pixels of a row. */
static void softmax_pixels(const snug_layer *layer, const float *input, float *output, int32_t floats)
{
    const ptrdiff_t in_plane = layer->in_plane, out_plane = layer->out_plane;
    const int32_t channels = layer->in_channels;
    snug_vec max = load(input, floats), sum = snug_set1(0);
    for (int32_t c = 1; c < channels; ++c)
        max = snug_max(max, load(input + c * in_plane, floats));
    for (int32_t c = 0; c < channels; c += SNUG_LONGEST_SUM) {
        const int32_t left = channels - c;
        sum = snug_add(sum, exp_of_channels(layer, input + c * in_plane, output + c * out_plane,
                                            left < SNUG_LONGEST_SUM ? left : SNUG_LONGEST_SUM, floats, max));
    }
    const snug_vec factor = snug_div(snug_set1(1), sum);
    for (int32_t c = 0; c < channels; ++c)
        store(output + c * out_plane, snug_mul(load(output + c * out_plane, floats), factor), floats);
}

SNUG_MAP_KERNEL(softmax_chw)
{
    (void)other;
    if (layer->in_height == 1 && layer->in_width == 1 && layer->in_plane == 1 && layer->out_plane == 1) {
        snug_softmax_run(input, output, layer->in_channels);
        return;
    }
    for (int32_t y = 0; y < layer->in_height; ++y) {
        const float *in = input + (ptrdiff_t)y * layer->in_row;
        float *out = output + (ptrdiff_t)y * layer->out_row;
        int32_t x = 0;
        for (; x + SNUG_VL <= layer->in_width; x += SNUG_VL)
            softmax_pixels(layer, in + x, out + x, SNUG_VL);
        if (x < layer->in_width)
            softmax_pixels(layer, in + x, out + x, layer->in_width - x);
    }
}
