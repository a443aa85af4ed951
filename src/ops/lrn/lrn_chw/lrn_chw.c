/* lrn_chw.c - local response normalisation, planar: vectors of pixels, neighbours in other planes. */
#include "lrn.h"

static snug_vec load(const float *p, int32_t floats)
{
    return floats == SNUG_VL ? snug_load(p) : snug_load_some(p, floats);
}

/* `floats` pixels of a row, one channel. first..last: the planes of the window relative to this one. */
static void normalise_pixels(const snug_lrn *lrn, const snug_layer *layer, const float *input, float *output,
                             int32_t first, int32_t last, int32_t floats)
{
    snug_vec squares = snug_set1(0);
    for (int32_t i = first; i <= last; ++i) {
        const snug_vec x = load(input + (ptrdiff_t)i * layer->in_plane, floats);
        squares = snug_fma(x, x, squares);
    }
    const snug_vec result = snug_normalise(lrn, load(input, floats), squares);
    if (floats == SNUG_VL)
        snug_store(output, result);
    else
        snug_store_some(output, result, floats);
}

SNUG_MAP_KERNEL(lrn_chw)
{
    const snug_lrn lrn = snug_make_lrn(layer);
    const int32_t channels = layer->in_channels, width = layer->in_width;
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t c = 0; c < channels; ++c) {
            const float *in = input + (ptrdiff_t)c * layer->in_plane + (ptrdiff_t)y * layer->in_row;
            float *out = output + (ptrdiff_t)c * layer->out_plane + (ptrdiff_t)y * layer->out_row;
            const int32_t first = c < lrn.before ? -c : -lrn.before;
            const int32_t last = c + lrn.after < channels ? lrn.after : channels - 1 - c;
            int32_t x = 0;
            for (; x + SNUG_VL <= width; x += SNUG_VL)
                normalise_pixels(&lrn, layer, in + x, out + x, first, last, SNUG_VL);
            if (x < width)
                normalise_pixels(&lrn, layer, in + x, out + x, first, last, width - x);
        }
}
