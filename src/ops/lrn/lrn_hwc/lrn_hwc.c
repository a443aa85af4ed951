/* lrn_hwc.c - local response normalisation, interleaved: vectors of channels, neighbours by shifted loads. */
#include "lrn.h"

/* One channel at a time, for those near the first and the last. */
static void normalise_scalar(const snug_lrn *lrn, const float *input, float *output, int32_t begin,
                             int32_t end, int32_t channels)
{
    for (int32_t c = begin; c < end; ++c) {
        const int32_t first = c < lrn->before ? 0 : c - lrn->before;
        const int32_t last = c + lrn->after < channels ? c + lrn->after : channels - 1;
        float squares = 0;
        for (int32_t i = first; i <= last; ++i)
            squares += input[i] * input[i];
        snug_store_some(output + c, snug_normalise(lrn, snug_set1(input[c]), snug_set1(squares)), 1);
    }
}

static void normalise_pixel(const snug_lrn *lrn, const float *input, float *output, int32_t channels)
{
    int32_t c = lrn->before < channels ? lrn->before : channels;
    normalise_scalar(lrn, input, output, 0, c, channels);
    for (; c + SNUG_VL + lrn->after <= channels; c += SNUG_VL) {
        snug_vec squares = snug_set1(0);
        for (int32_t i = -lrn->before; i <= lrn->after; ++i) {
            const snug_vec x = snug_load(input + c + i);
            squares = snug_fma(x, x, squares);
        }
        snug_store(output + c, snug_normalise(lrn, snug_load(input + c), squares));
    }
    normalise_scalar(lrn, input, output, c, channels, channels);
}

SNUG_MAP_KERNEL(lrn_hwc)
{
    const snug_lrn lrn = snug_make_lrn(layer);
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t x = 0; x < layer->in_width; ++x)
            normalise_pixel(&lrn, input + (ptrdiff_t)y * layer->in_row + (ptrdiff_t)x * layer->in_pixel,
                            output + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel,
                            layer->in_channels);
}
