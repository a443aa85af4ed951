/* pool_window.h - max and average pooling: windows, and what becomes of the values in one. `kind` is SNUG_MAX
 * or one of the averages. Every window must cover a pixel of the map. */
#ifndef SNUG_POOL_WINDOW_H
#define SNUG_POOL_WINDOW_H

#include <math.h>

#include "functions.h"
#include "snug.h"

/* Taps first <= k < end of a window that lie inside the map, and the coordinate of tap `first`. */
typedef struct snug_window {
    int32_t first, end, begin;
} snug_window;

static inline snug_window snug_make_window(int32_t origin, int32_t extent, int32_t kernel, int32_t dilation)
{
    snug_window window;
    if (dilation == 1) { /* divisions take long beside a short window */
        const int32_t inside = extent - origin;
        window.first = origin < 0 ? -origin : 0;
        window.end = inside < 0 ? 0 : inside < kernel ? inside : kernel;
        window.begin = origin + window.first;
        return window;
    }
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

static inline float snug_pool_neutral(int32_t kind) { return kind == SNUG_MAX ? -HUGE_VALF : 0; }

/* What was found so far, and the next value. */
static inline snug_vec snug_pool_combine(int32_t kind, snug_vec found, snug_vec next)
{
    return kind == SNUG_MAX ? snug_max_or_nan(next, found) : snug_add(found, next);
}

#endif
