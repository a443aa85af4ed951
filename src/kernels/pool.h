/* pool.h - max and average pooling: windows, and the loops that the layouts share. `kind` is SNUG_MAX or one
 * of the averages. Every window must cover a pixel of the map. */
#ifndef SNUG_POOL_H
#define SNUG_POOL_H

#include <float.h>

#include "functions.h"
#include "snug.h"

/* Taps first <= k < end of a window that lie inside the map, and the coordinate of tap `first`. */
typedef struct snug_window {
    int32_t first, end, begin;
} snug_window;

static inline snug_window snug_make_window(int32_t origin, int32_t extent, int32_t kernel, int32_t dilation)
{
    snug_window window;
    window.first = origin < 0 ? (-origin + dilation - 1) / dilation : 0;
    window.end = origin >= extent ? 0 : (extent - 1 - origin) / dilation + 1;
    if (window.end > kernel)
        window.end = kernel;
    window.begin = origin + window.first * dilation;
    return window;
}

static inline snug_window snug_window_rows(const snug_layer *layer, int32_t oy)
{
    return snug_make_window(oy * layer->stride_y - layer->pad_top, layer->in_height, layer->kernel_height,
                            layer->dilation_y);
}

static inline snug_window snug_window_columns(const snug_layer *layer, int32_t ox)
{
    return snug_make_window(ox * layer->stride_x - layer->pad_left, layer->in_width, layer->kernel_width,
                            layer->dilation_x);
}

/* What the sum of a window is multiplied with. */
static inline float snug_pool_factor(const snug_layer *layer, int32_t kind, snug_window rows,
                                     snug_window columns)
{
    if (kind == SNUG_MAX)
        return 1;
    if (kind == SNUG_AVERAGE)
        return 1.0F / (float)((rows.end - rows.first) * (columns.end - columns.first));
    return 1.0F / (float)(layer->kernel_height * layer->kernel_width);
}

static inline float snug_pool_neutral(int32_t kind) { return kind == SNUG_MAX ? -FLT_MAX : 0; }

static inline snug_vec snug_pool_combine(int32_t kind, snug_vec a, snug_vec b)
{
    return kind == SNUG_MAX ? snug_max(a, b) : snug_add(a, b);
}

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

/* All pixels of `channels` channels that lie together at every pixel. */
static inline void snug_pool_together(const snug_layer *layer, int32_t kind, int32_t channels,
                                      const float *input, float *output)
{
    for (int32_t oy = 0; oy < layer->out_height; ++oy) {
        const snug_window rows = snug_window_rows(layer, oy);
        for (int32_t ox = 0; ox < layer->out_width; ++ox) {
            const snug_window columns = snug_window_columns(layer, ox);
            const snug_vec factor = snug_set1(snug_pool_factor(layer, kind, rows, columns));
            float *pixel = output + (ptrdiff_t)oy * layer->out_row + (ptrdiff_t)ox * layer->out_pixel;
            int32_t c = 0;
            for (; c + SNUG_VL <= channels; c += SNUG_VL)
                snug_store(pixel + c,
                           snug_mul(snug_pool_channels(layer, kind, input + c, rows, columns, 0), factor));
            if (c < channels) {
                const int32_t some = channels - c;
                snug_store_some(
                    pixel + c,
                    snug_mul(snug_pool_channels(layer, kind, input + c, rows, columns, some), factor), some);
            }
        }
    }
}

/* Blocks of 16; the padding channels of the last are zeroed. */
static inline void snug_pool_c16(const snug_layer *layer, int32_t kind, const float *input, float *output)
{
    const int32_t blocks = (layer->in_channels + 15) / 16;
    for (int32_t block = 0; block < blocks; ++block)
        snug_pool_together(layer, kind, 16, input + (ptrdiff_t)block * layer->in_plane,
                           output + (ptrdiff_t)block * layer->out_plane);
}

#endif
