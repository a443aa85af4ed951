/* pool_planar.h - pooling of a single plane: columns first, into a strip on the stack, then along the row. */
#ifndef SNUG_POOL_PLANAR_H
#define SNUG_POOL_PLANAR_H

#include "pool_window.h"

/* Columns of the input that a strip holds. */
#define SNUG_POOL_STRIP 512

static inline float snug_pool_scalar(int32_t kind, float a, float b)
{
    if (kind == SNUG_MAX)
        return a > b ? a : b;
    return a + b;
}

/* Floats p[0], p[step], ... as one. */
static inline float snug_pool_segment(int32_t kind, const float *p, int32_t count, int32_t step)
{
    float result = snug_pool_neutral(kind);
    int32_t i = 0;
    if (step == 1 && count >= SNUG_VL) {
        snug_vec lanes = snug_load(p);
        for (i = SNUG_VL; i + SNUG_VL <= count; i += SNUG_VL)
            lanes = snug_pool_combine(kind, lanes, snug_load(p + i));
        result = kind == SNUG_MAX ? snug_max_of_lanes(lanes) : snug_sum_of_lanes(lanes);
    }
    for (; i < count; ++i)
        result = snug_pool_scalar(kind, result, p[(ptrdiff_t)i * step]);
    return result;
}

/* Every window by itself, along its rows: for windows as wide as the map. */
static inline void snug_pool_plane_wide(const snug_layer *layer, int32_t kind, const float *input,
                                        float *output)
{
    for (int32_t oy = 0; oy < layer->out_height; ++oy) {
        const snug_window rows = snug_window_rows(layer, oy);
        for (int32_t ox = 0; ox < layer->out_width; ++ox) {
            const snug_window columns = snug_window_columns(layer, ox);
            float result = snug_pool_neutral(kind);
            for (int32_t k = 0; k < rows.end - rows.first; ++k) {
                const float *row = input + (ptrdiff_t)(rows.begin + k * layer->dilation_y) * layer->in_row;
                result = snug_pool_scalar(kind, result,
                                          snug_pool_segment(kind, row + columns.begin,
                                                            columns.end - columns.first, layer->dilation_x));
            }
            output[(ptrdiff_t)oy * layer->out_row + ox] =
                result * snug_pool_factor(layer, kind, rows, columns);
        }
    }
}

/* strip[i] = the window's rows combined in column left + i, neutral where that is outside of the map. */
static inline void snug_pool_columns(const snug_layer *layer, int32_t kind, const float *input,
                                     snug_window rows, int32_t left, int32_t count, float *strip)
{
    const int32_t begin = left < 0 ? -left : 0;
    const int32_t inside = layer->in_width - left;
    const int32_t end = inside < count ? inside : count;
    const ptrdiff_t step = (ptrdiff_t)layer->dilation_y * layer->in_row;
    const float *row = input + (ptrdiff_t)rows.begin * layer->in_row + left;
    for (int32_t i = 0; i < begin; ++i)
        strip[i] = snug_pool_neutral(kind);
    for (int32_t i = end > begin ? end : begin; i < count; ++i)
        strip[i] = snug_pool_neutral(kind);
    int32_t i = begin;
    for (; i + SNUG_VL <= end; i += SNUG_VL) {
        snug_vec sum = snug_load(row + i);
        for (int32_t k = 1; k < rows.end - rows.first; ++k)
            sum = snug_pool_combine(kind, sum, snug_load(row + k * step + i));
        snug_store(strip + i, sum);
    }
    for (; i < end; ++i) {
        float sum = row[i];
        for (int32_t k = 1; k < rows.end - rows.first; ++k)
            sum = snug_pool_scalar(kind, sum, row[k * step + i]);
        strip[i] = sum;
    }
}

/* Outputs from a strip; the common strides are constants so that the compiler vectorises. */
static inline void snug_pool_along(const snug_layer *layer, int32_t kind, const float *strip, int32_t count,
                                   float *output)
{
    for (int32_t i = 0; i < count; ++i)
        output[i] = strip[i * layer->stride_x];
    for (int32_t k = 1; k < layer->kernel_width; ++k) {
        const float *tap = strip + k * layer->dilation_x;
        if (layer->stride_x == 1)
            for (int32_t i = 0; i < count; ++i)
                output[i] = snug_pool_scalar(kind, output[i], tap[i]);
        else if (layer->stride_x == 2)
            for (int32_t i = 0; i < count; ++i)
                output[i] = snug_pool_scalar(kind, output[i], tap[2 * i]);
        else
            for (int32_t i = 0; i < count; ++i)
                output[i] = snug_pool_scalar(kind, output[i], tap[i * layer->stride_x]);
    }
}

static inline void snug_pool_plane(const snug_layer *layer, int32_t kind, const float *input, float *output)
{
    const int32_t reach = (layer->kernel_width - 1) * layer->dilation_x + 1;
    const int32_t most = (SNUG_POOL_STRIP - reach) / layer->stride_x + 1;
    float strip[SNUG_POOL_STRIP];
    for (int32_t oy = 0; oy < layer->out_height; ++oy) {
        const snug_window rows = snug_window_rows(layer, oy);
        float *row = output + (ptrdiff_t)oy * layer->out_row;
        for (int32_t ox = 0; ox < layer->out_width; ox += most) {
            const int32_t left = layer->out_width - ox, count = left < most ? left : most;
            snug_pool_columns(layer, kind, input, rows, ox * layer->stride_x - layer->pad_left,
                              (count - 1) * layer->stride_x + reach, strip);
            snug_pool_along(layer, kind, strip, count, row + ox);
            if (kind == SNUG_MAX)
                continue;
            for (int32_t i = ox; i < ox + count; ++i)
                row[i] *= snug_pool_factor(layer, kind, rows, snug_window_columns(layer, i));
        }
    }
}

static inline void snug_pool_chw(const snug_layer *layer, int32_t kind, const float *input, float *output)
{
    const int32_t reach = (layer->kernel_width - 1) * layer->dilation_x + 1;
    for (int32_t c = 0; c < layer->in_channels; ++c) {
        const float *in_plane = input + (ptrdiff_t)c * layer->in_plane;
        float *out_plane = output + (ptrdiff_t)c * layer->out_plane;
        if (layer->out_width == 1 || reach > SNUG_POOL_STRIP)
            snug_pool_plane_wide(layer, kind, in_plane, out_plane);
        else
            snug_pool_plane(layer, kind, in_plane, out_plane);
    }
}

#endif
