/* pool.h - max and average pooling where the channels of a pixel lie together. */
#ifndef SNUG_POOL_H
#define SNUG_POOL_H

#include "pool_tile.h"

/* One window of SNUG_VL channels that lie together; or of the first `some` of them where that is not 0. Four
 * sums per row: additions do not wait for one another, and rounding errors stay small in large windows. */
static inline snug_vec snug_pool_channels(const snug_layer *layer, int32_t kind, const float *input,
                                          snug_window rows, snug_window columns, int32_t some)
{
    const snug_vec neutral = snug_set1(snug_pool_neutral(kind));
    const ptrdiff_t row_step = (ptrdiff_t)layer->dilation_y * layer->in_row;
    const ptrdiff_t step = (ptrdiff_t)layer->dilation_x * layer->in_pixel;
    const int32_t taps = columns.end - columns.first;
    const float *row =
        input + (ptrdiff_t)rows.begin * layer->in_row + (ptrdiff_t)columns.begin * layer->in_pixel;
    snug_vec total = neutral;
    for (int32_t ky = rows.first; ky < rows.end; ++ky, row += row_step) {
        const float *p = row;
        int32_t kx = 0;
        snug_vec a = neutral, b = neutral, c = neutral, d = neutral;
        if (some == 0) {
            for (; kx + 4 <= taps; kx += 4, p += 4 * step) {
                a = snug_pool_combine(kind, a, snug_load(p));
                b = snug_pool_combine(kind, b, snug_load(p + step));
                c = snug_pool_combine(kind, c, snug_load(p + 2 * step));
                d = snug_pool_combine(kind, d, snug_load(p + 3 * step));
            }
            for (; kx < taps; ++kx, p += step)
                a = snug_pool_combine(kind, a, snug_load(p));
        } else {
            for (; kx < taps; ++kx, p += step)
                a = snug_pool_combine(kind, a, snug_load_some(p, some));
        }
        total = snug_pool_combine(
            kind, total,
            snug_pool_combine(kind, snug_pool_combine(kind, a, b), snug_pool_combine(kind, c, d)));
    }
    return total;
}

#define SNUG_POOL_4(DO) DO(0) DO(1) DO(2) DO(3)
#define SNUG_POOL_BEGIN(v) snug_vec total##v = neutral;
#define SNUG_POOL_ROW_BEGIN(v) snug_vec row##v = neutral;
#define SNUG_POOL_TAP(v) row##v = snug_pool_combine(kind, row##v, snug_load(p + (v) * SNUG_VL));
#define SNUG_POOL_ROW_END(v) total##v = snug_pool_combine(kind, total##v, row##v);
#define SNUG_POOL_END(v) snug_store(output + (v) * SNUG_VL, snug_mul(total##v, factor));

/* One window of four vectors of channels: where pixels lie far apart, each is read as one piece. */
static inline void snug_pool_four(const snug_layer *layer, int32_t kind, const float *input, snug_window rows,
                                  snug_window columns, snug_vec factor, float *output)
{
    const snug_vec neutral = snug_set1(snug_pool_neutral(kind));
    SNUG_POOL_4(SNUG_POOL_BEGIN)
    for (int32_t ky = rows.first; ky < rows.end; ++ky) {
        const int32_t y = rows.begin + (ky - rows.first) * layer->dilation_y;
        const float *p = input + (ptrdiff_t)y * layer->in_row + (ptrdiff_t)columns.begin * layer->in_pixel;
        SNUG_POOL_4(SNUG_POOL_ROW_BEGIN)
        for (int32_t kx = columns.first; kx < columns.end; ++kx) {
            SNUG_POOL_4(SNUG_POOL_TAP)
            p += (ptrdiff_t)layer->dilation_x * layer->in_pixel;
        }
        SNUG_POOL_4(SNUG_POOL_ROW_END)
    }
    SNUG_POOL_4(SNUG_POOL_END)
}

/* One row of outputs with any window. */
static inline void snug_pool_row_any(const snug_layer *layer, int32_t kind, snug_window rows,
                                     int32_t channels, const float *input, float *output)
{
    for (int32_t ox = 0; ox < layer->out_width; ++ox) {
        const snug_window columns = snug_window_columns(layer, ox);
        const snug_vec factor = snug_set1(snug_pool_factor(layer, kind, rows, columns));
        float *pixel = output + (ptrdiff_t)ox * layer->out_pixel;
        int32_t c = 0;
        if (channels > 16)
            for (; c + 4 * SNUG_VL <= channels; c += 4 * SNUG_VL)
                snug_pool_four(layer, kind, input + c, rows, columns, factor, pixel + c);
        for (; c + SNUG_VL <= channels; c += SNUG_VL)
            snug_store(pixel + c,
                       snug_mul(snug_pool_channels(layer, kind, input + c, rows, columns, 0), factor));
        if (c < channels) {
            const int32_t some = channels - c;
            snug_store_some(pixel + c,
                            snug_mul(snug_pool_channels(layer, kind, input + c, rows, columns, some), factor),
                            some);
        }
    }
}

/* All pixels of `channels` channels that lie together at every pixel. tile: NULL, or what serves the window.
 */
static inline void snug_pool_together(const snug_layer *layer, snug_pool_function *tile, int32_t kind,
                                      int32_t channels, const float *input, float *output)
{
    for (int32_t oy = 0; oy < layer->out_height; ++oy) {
        const snug_window rows = snug_window_rows(layer, oy);
        float *row = output + (ptrdiff_t)oy * layer->out_row;
        if (tile)
            snug_pool_row(layer, tile, kind, rows, channels, input, row);
        else
            snug_pool_row_any(layer, kind, rows, channels, input, row);
    }
}

static inline void snug_pool_hwc(const snug_layer *layer, int32_t kind, const float *input, float *output)
{
    snug_pool_together(layer, snug_pool_for_hwc(layer, kind), kind, layer->in_channels, input, output);
}

/* Blocks of 16. Padding channels become whatever theirs give; zero them where they may not be finite. */
static inline void snug_pool_c16(const snug_layer *layer, int32_t kind, const float *input, float *output)
{
    snug_pool_function *const tile = snug_pool_for_c16(layer, kind);
    const int32_t blocks = (layer->in_channels + 15) / 16;
    for (int32_t block = 0; block < blocks; ++block)
        snug_pool_together(layer, tile, kind, 16, input + (ptrdiff_t)block * layer->in_plane,
                           output + (ptrdiff_t)block * layer->out_plane);
}

/* Blocks of fewer channels, likewise. */
static inline void snug_pool_blocks(const snug_layer *layer, int32_t block, int32_t kind, const float *input,
                                    float *output)
{
    snug_pool_function *const tile = snug_pool_for_hwc(layer, kind);
    for (int32_t b = 0; b * block < layer->in_channels; ++b)
        snug_pool_together(layer, tile, kind, block, input + (ptrdiff_t)b * layer->in_plane,
                           output + (ptrdiff_t)b * layer->out_plane);
}

#endif
