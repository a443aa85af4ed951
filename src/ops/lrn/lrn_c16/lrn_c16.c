/* lrn_c16.c - local response normalisation, blocks of 16 channels: the squares of a block and of both its
 * neighbours lie side by side on the stack, for a few pixels at a time, and the window slides over them by
 * shifted loads. */
#include "lrn.h"
#include "runs.h"

/* Pixels per step: enough that no load waits for the stores before it. */
#define PIXELS 8

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

/* A block of `pixels` pixels; `channels`: how many there are from the block's first on. The window reaches no
 * further than 16 channels. */
static void normalise_block(const snug_lrn *lrn, const snug_layer *layer, const float *input, float *output,
                            int32_t pixels, int32_t has_previous, int32_t channels)
{
    float squares[PIXELS][48];
    for (int32_t x = 0; x < pixels; ++x) {
        const float *pixel = input + (ptrdiff_t)x * layer->in_pixel;
        store_squares(has_previous ? pixel - layer->in_plane : pixel, squares[x], has_previous ? 16 : 0);
        store_squares(pixel, squares[x] + 16, channels);
        store_squares(channels > 16 ? pixel + layer->in_plane : pixel, squares[x] + 32, channels - 16);
    }
    for (int32_t x = 0; x < pixels; ++x)
        for (int32_t i = 0; i < 16; i += SNUG_VL) {
            const float *middle = squares[x] + 16 + i;
            snug_vec sum = snug_set1(0);
            for (int32_t k = -lrn->before; k <= lrn->after; ++k)
                sum = snug_add(sum, snug_load(middle + k));
            snug_store(output + (ptrdiff_t)x * layer->out_pixel + i,
                       snug_normalise(lrn, snug_load(input + (ptrdiff_t)x * layer->in_pixel + i), sum));
        }
}

SNUG_MAP_KERNEL(lrn_c16)
{
    const snug_lrn lrn = snug_make_lrn(layer);
    const int32_t blocks = (layer->in_channels + 15) / 16;
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t b = 0; b < blocks; ++b)
            for (int32_t x = 0; x < layer->in_width; x += PIXELS) {
                const int32_t left = layer->in_width - x;
                normalise_block(&lrn, layer,
                                input + (ptrdiff_t)b * layer->in_plane + (ptrdiff_t)y * layer->in_row +
                                    (ptrdiff_t)x * layer->in_pixel,
                                output + (ptrdiff_t)b * layer->out_plane + (ptrdiff_t)y * layer->out_row +
                                    (ptrdiff_t)x * layer->out_pixel,
                                left < PIXELS ? left : PIXELS, b > 0, layer->in_channels - 16 * b);
            }
    snug_zero_padding_c16(layer, output);
}
