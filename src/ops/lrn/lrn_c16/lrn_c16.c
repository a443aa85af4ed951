/* lrn_c16.c - local response normalisation, blocks of 16 channels, one pass. A strip of neighbouring pixels
 * goes through all blocks; what a window still needs of the block before is kept as squares on the stack, so
 * that the output may lie on the input. Where a vector is a block, the neighbours in a window of five
 * channels come from rotating the squares of the block and of both its neighbours. Elsewhere these lie side
 * by side, and the window slides over them by shifted loads. */
#include "lrn.h"
#include "runs.h"

/* Pixels of a strip: enough that no load waits for the stores before it. */
#define PIXELS 16

/* Channels of a block that there are, 0 where there is no such block. */
static int32_t lanes_of(int32_t channels) { return channels < 0 ? 0 : channels < 16 ? channels : 16; }

#if SNUG_VL == 16
static snug_vec square(const float *p, snug_some lanes)
{
    const snug_vec x = snug_load_lanes(p, lanes);
    return snug_mul(x, x);
}

/* Lanes n ... n + 15 of low and high side by side. */
#define SHIFTED(low, high, n) \
    _mm512_castsi512_ps(_mm512_alignr_epi32(_mm512_castps_si512(high), _mm512_castps_si512(low), n))

/* left: channels from this block on. squares: of the block before, then of this one. */
static void rotate_block(const snug_lrn *lrn, const snug_layer *l, const float *input, float *output,
                         int32_t pixels, int32_t left, float (*squares)[16])
{
    const snug_some here = snug_lanes(lanes_of(left)), after = snug_lanes(lanes_of(left - 16));
    const ptrdiff_t next = left > 16 ? l->in_plane : 0;
    for (int32_t i = 0; i < pixels; ++i, input += l->in_pixel, output += l->out_pixel) {
        const snug_vec low = snug_load(squares[i]), middle = square(input, here),
                       high = square(input + next, after);
        const snug_vec pair = snug_add(SHIFTED(low, middle, 14), SHIFTED(low, middle, 15));
        const snug_vec other = snug_add(SHIFTED(middle, high, 1), SHIFTED(middle, high, 2));
        snug_store(squares[i], middle);
        snug_store(output, snug_normalise(lrn, snug_load(input), snug_add(middle, snug_add(pair, other))));
    }
}

static void rotate_strip(const snug_lrn *lrn, const snug_layer *l, const float *input, float *output,
                         int32_t pixels)
{
    float squares[PIXELS][16];
    memset(squares, 0, sizeof squares);
    for (int32_t c = 0; c < l->in_channels; c += 16, input += l->in_plane, output += l->out_plane)
        rotate_block(lrn, l, input, output, pixels, l->in_channels - c, squares);
}
#endif

/* Squares of a block before, of a block and of the next one move on by a block, whose first `used` channels
 * there are; zeros stand for the others. */
static void move_on(float *squares, const float *block, int32_t used)
{
    for (int32_t i = 0; i < 32; i += SNUG_VL)
        snug_store(squares + i, snug_load(squares + i + 16));
    if (used == 16)
        for (int32_t i = 32; i < 48; i += SNUG_VL) {
            const snug_vec x = snug_load(block + i - 32);
            snug_store(squares + i, snug_mul(x, x));
        }
    else
        for (int32_t i = 0; i < 16; ++i)
            squares[i + 32] = i < used ? block[i] * block[i] : 0;
}

/* The window reaches no further than 16 channels. */
static void slide_strip(const snug_lrn *lrn, const snug_layer *l, const float *input, float *output,
                        int32_t pixels)
{
    float squares[PIXELS][48];
    memset(squares, 0, sizeof squares);
    for (int32_t i = 0; i < pixels; ++i)
        move_on(squares[i], input + (ptrdiff_t)i * l->in_pixel, lanes_of(l->in_channels));
    for (int32_t c = 0; c < l->in_channels; c += 16, input += l->in_plane, output += l->out_plane) {
        const int32_t after = lanes_of(l->in_channels - c - 16);
        for (int32_t i = 0; i < pixels; ++i)
            move_on(squares[i], input + (after > 0 ? l->in_plane : 0) + (ptrdiff_t)i * l->in_pixel, after);
        for (int32_t i = 0; i < pixels; ++i)
            for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
                const float *middle = squares[i] + 16 + lane;
                snug_vec sum = snug_set1(0);
                for (int32_t k = -lrn->before; k <= lrn->after; ++k)
                    sum = snug_add(sum, snug_load(middle + k));
                snug_store(output + (ptrdiff_t)i * l->out_pixel + lane,
                           snug_normalise(lrn, snug_load(input + (ptrdiff_t)i * l->in_pixel + lane), sum));
            }
    }
}

SNUG_MAP_KERNEL(lrn_c16)
{
    const snug_lrn lrn = snug_make_lrn(layer);
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t x = 0; x < layer->in_width; x += PIXELS) {
            const float *const in = input + (ptrdiff_t)y * layer->in_row + (ptrdiff_t)x * layer->in_pixel;
            float *const out = output + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel;
            const int32_t left = layer->in_width - x, pixels = left < PIXELS ? left : PIXELS;
#if SNUG_VL == 16
            if (lrn.before == 2 && lrn.after == 2) {
                rotate_strip(&lrn, layer, in, out, pixels);
                continue;
            }
#endif
            slide_strip(&lrn, layer, in, out, pixels);
        }
    snug_zero_padding(layer, 16, output);
}
