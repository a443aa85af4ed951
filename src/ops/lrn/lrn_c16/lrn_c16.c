/* lrn_c16.c - local response normalisation, blocks of 16 channels, one pass. Where a vector is a block, the
 * neighbours in a window of five channels come from rotating the squares of the block and of both its
 * neighbours. Elsewhere these squares lie side by side on the stack, for a few pixels at a time, and the
 * window slides over them by shifted loads. */
#include "lrn.h"
#include "runs.h"

/* Pixels per step: enough that no load waits for the stores before it. */
#define PIXELS 8

/* `pixels` neighbouring pixels of a block. lanes: how many channels of the block before, of this one and of
 * the next there are; 0 where there is no such block. */
typedef struct part {
    const float *input;
    float *output;
    int32_t pixels, before, here, after;
} part;

#if SNUG_VL == 16
static snug_vec square(const float *p, snug_some lanes)
{
    const snug_vec x = snug_load_lanes(p, lanes);
    return snug_mul(x, x);
}

/* Lanes n ... n + 15 of low and high side by side. */
#define SHIFTED(low, high, n) \
    _mm512_castsi512_ps(_mm512_alignr_epi32(_mm512_castps_si512(high), _mm512_castps_si512(low), n))

static void normalise_by_rotation(const snug_lrn *lrn, const snug_layer *l, part p)
{
    const snug_some before = snug_lanes(p.before), here = snug_lanes(p.here), after = snug_lanes(p.after);
    for (int32_t x = 0; x < p.pixels; ++x, p.input += l->in_pixel, p.output += l->out_pixel) {
        const snug_vec low = square(p.input - (p.before ? l->in_plane : 0), before);
        const snug_vec middle = square(p.input, here);
        const snug_vec high = square(p.input + (p.after ? l->in_plane : 0), after);
        const snug_vec pair = snug_add(SHIFTED(low, middle, 14), SHIFTED(low, middle, 15));
        const snug_vec other = snug_add(SHIFTED(middle, high, 1), SHIFTED(middle, high, 2));
        snug_store(p.output,
                   snug_normalise(lrn, snug_load(p.input), snug_add(middle, snug_add(pair, other))));
    }
}
#endif

/* Squares of a block's first `used` channels, zeros behind them. */
static void store_squares(const float *block, float *squares, int32_t used)
{
    if (used >= 16) {
        for (int32_t i = 0; i < 16; i += SNUG_VL) {
            const snug_vec x = snug_load(block + i);
            snug_store(squares + i, snug_mul(x, x));
        }
        return;
    }
    for (int32_t i = 0; i < 16; ++i)
        squares[i] = i < used ? block[i] * block[i] : 0;
}

/* At most PIXELS pixels. The window reaches no further than 16 channels. */
static void normalise_by_loads(const snug_lrn *lrn, const snug_layer *l, part p)
{
    float squares[PIXELS][48];
    for (int32_t x = 0; x < p.pixels; ++x) {
        const float *pixel = p.input + (ptrdiff_t)x * l->in_pixel;
        store_squares(p.before ? pixel - l->in_plane : pixel, squares[x], p.before);
        store_squares(pixel, squares[x] + 16, p.here);
        store_squares(p.after ? pixel + l->in_plane : pixel, squares[x] + 32, p.after);
    }
    for (int32_t x = 0; x < p.pixels; ++x)
        for (int32_t i = 0; i < 16; i += SNUG_VL) {
            const float *middle = squares[x] + 16 + i;
            snug_vec sum = snug_set1(0);
            for (int32_t k = -lrn->before; k <= lrn->after; ++k)
                sum = snug_add(sum, snug_load(middle + k));
            snug_store(p.output + (ptrdiff_t)x * l->out_pixel + i,
                       snug_normalise(lrn, snug_load(p.input + (ptrdiff_t)x * l->in_pixel + i), sum));
        }
}

static int32_t lanes_of(int32_t channels) { return channels < 0 ? 0 : channels < 16 ? channels : 16; }

static void normalise_row(const snug_lrn *lrn, const snug_layer *l, part row)
{
#if SNUG_VL == 16
    if (lrn->before == 2 && lrn->after == 2) {
        normalise_by_rotation(lrn, l, row);
        return;
    }
#endif
    part p = row;
    for (int32_t x = 0; x < row.pixels; x += PIXELS) {
        p.pixels = row.pixels - x < PIXELS ? row.pixels - x : PIXELS;
        p.input = row.input + (ptrdiff_t)x * l->in_pixel;
        p.output = row.output + (ptrdiff_t)x * l->out_pixel;
        normalise_by_loads(lrn, l, p);
    }
}

SNUG_MAP_KERNEL(lrn_c16)
{
    const snug_lrn lrn = snug_make_lrn(layer);
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t c = 0; c < layer->in_channels; c += 16) {
            const int32_t block = c / 16, left = layer->in_channels - c;
            const part row = {input + (ptrdiff_t)block * layer->in_plane + (ptrdiff_t)y * layer->in_row,
                              output + (ptrdiff_t)block * layer->out_plane + (ptrdiff_t)y * layer->out_row,
                              layer->in_width,
                              c > 0 ? 16 : 0,
                              lanes_of(left),
                              lanes_of(left - 16)};
            normalise_row(&lrn, layer, row);
        }
    snug_zero_padding(layer, 16, output);
}
