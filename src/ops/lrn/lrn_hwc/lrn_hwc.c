/* lrn_hwc.c - local response normalisation, interleaved: vectors of channels, neighbours by shifted loads. */
#include "lrn.h"

/* Channels c ... of a pixel that exist, the others 0. */
static snug_vec load_inside(const float *pixel, int32_t c, int32_t channels)
{
    float lanes[SNUG_VL];
    if (c >= 0 && c + SNUG_VL <= channels)
        return snug_load(pixel + c);
#if SNUG_VL == 16
    if (c > -16 && c < channels) {
        const uint32_t low = c < 0 ? 0xffffU << -c : 0xffffU;
        const uint32_t high = channels - c < 16 ? (1U << (channels - c)) - 1U : 0xffffU;
        return _mm512_maskz_loadu_ps((__mmask16)(low & high), pixel + c);
    }
#endif
    for (int32_t i = 0; i < SNUG_VL; ++i)
        lanes[i] = c + i >= 0 && c + i < channels ? pixel[c + i] : 0;
    return snug_load(lanes);
}

/* Vectors whose window lies inside; five channels, which is what networks have, without a loop. */
static int32_t normalise_inside(const snug_lrn *lrn, const float *input, float *output, int32_t c,
                                int32_t channels)
{
    const int32_t five = lrn->before == 2 && lrn->after == 2;
    for (; c + SNUG_VL + lrn->after <= channels; c += SNUG_VL) {
        const float *p = input + c;
        const snug_vec x = snug_load(p);
        snug_vec squares = snug_mul(x, x);
        if (five) {
            const snug_vec a = snug_load(p - 2), b = snug_load(p - 1), d = snug_load(p + 1),
                           e = snug_load(p + 2);
            squares = snug_fma(a, a, squares);
            squares = snug_add(snug_fma(b, b, squares), snug_fma(d, d, snug_mul(e, e)));
        } else {
            for (int32_t i = -lrn->before; i <= lrn->after; ++i) {
                const snug_vec neighbour = snug_load(p + i);
                if (i != 0)
                    squares = snug_fma(neighbour, neighbour, squares);
            }
        }
        snug_store(output + c, snug_normalise(lrn, x, squares));
    }
    return c;
}

/* One vector near the first or the last channel. */
static void normalise_edge(const snug_lrn *lrn, const float *input, float *output, int32_t c,
                           int32_t channels)
{
    snug_vec squares = snug_set1(0);
    for (int32_t i = -lrn->before; i <= lrn->after; ++i) {
        const snug_vec x = load_inside(input, c + i, channels);
        squares = snug_fma(x, x, squares);
    }
    const int32_t left = channels - c < SNUG_VL ? channels - c : SNUG_VL;
    snug_store_some(output + c, snug_normalise(lrn, load_inside(input, c, channels), squares), left);
}

static void normalise_pixel(const snug_lrn *lrn, const float *input, float *output, int32_t channels)
{
    int32_t c = 0;
    for (; c < channels && c < lrn->before; c += SNUG_VL)
        normalise_edge(lrn, input, output, c, channels);
    c = normalise_inside(lrn, input, output, c, channels);
    for (; c < channels; c += SNUG_VL)
        normalise_edge(lrn, input, output, c, channels);
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
