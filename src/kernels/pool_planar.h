/* pool_planar.h - pooling of planes: columns first, into a strip on the stack, then along the row, both by
 * vectors of pixels. At stride 2 a tap's vector is the even lanes of two. Rows narrower than a vector use a
 * part of it: on 7x7 maps channel blocks are seven times as fast. */
#ifndef SNUG_POOL_PLANAR_H
#define SNUG_POOL_PLANAR_H

#include "pool_window.h"

/* Columns of the input that a strip holds. */
#define SNUG_POOL_STRIP 512

static inline float snug_pool_scalar(int32_t kind, float a, float b)
{
    return kind == SNUG_MAX ? snug_scalar_max_or_nan(a, b) : a + b;
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

/* A strip of columns: `count` outputs from column x on, and what their sums are multiplied with besides the
 * factor for the window's rows. Columns beside the map are neutral. There are two of them, so that one row's
 * is made while another's is read: a load waits for a store just before it that it overlaps in part. */
typedef struct snug_pool_strip {
    int32_t x, count;
    int32_t left, begin, end; /* columns begin ... end - 1 are those of the map from left + begin on */
    float factors[SNUG_POOL_STRIP];
    float columns[2][SNUG_POOL_STRIP + 4 * SNUG_VL];
} snug_pool_strip;

/* What a sum is multiplied with is the product of a factor for the window's rows and one for its columns. */
static inline float snug_pool_rows_factor(const snug_layer *layer, int32_t kind, snug_window rows)
{
    return 1.0F / (float)(kind == SNUG_AVERAGE ? rows.end - rows.first : layer->kernel_height);
}
static inline float snug_pool_columns_factor(const snug_layer *layer, int32_t kind, snug_window columns)
{
    return 1.0F / (float)(kind == SNUG_AVERAGE ? columns.end - columns.first : layer->kernel_width);
}

static inline void snug_pool_begin_strip(const snug_layer *layer, int32_t kind, int32_t x, int32_t most,
                                         snug_pool_strip *strip)
{
    const int32_t rest = layer->out_width - x, reach = (layer->kernel_width - 1) * layer->dilation_x + 1;
    strip->x = x;
    strip->count = rest < most ? rest : most;
    strip->left = x * layer->stride_x - layer->pad_left;
    const int32_t inside = layer->in_width - strip->left;
    const int32_t floats = (strip->count - 1) * layer->stride_x + reach;
    strip->begin = strip->left < 0 ? -strip->left : 0;
    strip->end = inside < floats ? inside : floats;
    for (int32_t i = 0; i < strip->count; ++i)
        strip->factors[i] = snug_pool_columns_factor(layer, kind, snug_window_columns(layer, x + i));
    for (int32_t i = 0; i < SNUG_POOL_STRIP + 4 * SNUG_VL; ++i)
        strip->columns[0][i] = strip->columns[1][i] = snug_pool_neutral(kind);
}

/* The window's rows combined, in every column of the strip. */
static inline void snug_pool_columns(const snug_layer *layer, int32_t kind, const float *input,
                                     snug_window rows, const snug_pool_strip *strip, float *columns)
{
    const ptrdiff_t step = (ptrdiff_t)layer->dilation_y * layer->in_row;
    const float *row = input + (ptrdiff_t)rows.begin * layer->in_row + strip->left;
    const int32_t taps = rows.end - rows.first, begin = strip->begin, end = strip->end;
    if (end - begin < SNUG_VL) {
        const snug_some some = snug_lanes(end - begin);
        snug_vec sum = snug_load_lanes(row + begin, some);
        for (int32_t k = 1; k < taps; ++k)
            sum = snug_pool_combine(kind, sum, snug_load_lanes(row + k * step + begin, some));
        snug_store_lanes(columns + begin, sum, some);
        return;
    }
    for (int32_t next = begin; next < end; next += SNUG_VL) {
        const int32_t i = next + SNUG_VL <= end ? next : end - SNUG_VL; /* the last ones overlap */
        snug_vec sum = snug_load(row + i);
        for (int32_t k = 1; k < taps; ++k)
            sum = snug_pool_combine(kind, sum, snug_load(row + k * step + i));
        snug_store(columns + i, sum);
    }
}

/* Values p[0], p[stride], ...; the strides of networks as vectors. */
static inline snug_vec snug_pool_tap(const float *p, int32_t stride)
{
    float lanes[SNUG_VL];
    if (stride == 1)
        return snug_load(p);
    if (stride == 2)
        return snug_evens(snug_load(p), snug_load(p + SNUG_VL));
    for (int32_t i = 0; i < SNUG_VL; ++i)
        lanes[i] = p[i * stride];
    return snug_load(lanes);
}

/* A row of outputs from a strip's columns. */
static inline void snug_pool_along(const snug_layer *layer, int32_t kind, int32_t stride,
                                   const snug_pool_strip *strip, const float *columns, float factor,
                                   float *output)
{
    for (int32_t next = 0; next < strip->count; next += SNUG_VL) {
        const int32_t last = strip->count - SNUG_VL, i = next > last && last > 0 ? last : next;
        const float *p = columns + i * stride;
        snug_vec sum = snug_pool_tap(p, stride);
        for (int32_t k = 1; k < layer->kernel_width; ++k)
            sum = snug_pool_combine(kind, sum, snug_pool_tap(p + k * layer->dilation_x, stride));
        if (kind != SNUG_MAX)
            sum = snug_mul(sum, snug_mul(snug_load(strip->factors + i), snug_set1(factor)));
        if (i + SNUG_VL <= strip->count)
            snug_store(output + i, sum);
        else
            snug_store_some(output + i, sum, strip->count - i);
    }
}

static inline void snug_pool_plane(const snug_layer *layer, int32_t kind, int32_t stride,
                                   snug_pool_strip *strip, const float *input, float *output)
{
    float factor = 0;
    int32_t taps = 0; /* that the factor is for */
    snug_window rows = snug_window_rows(layer, 0);
    snug_pool_columns(layer, kind, input, rows, strip, strip->columns[0]);
    for (int32_t oy = 0; oy < layer->out_height; ++oy) {
        if (kind != SNUG_MAX && rows.end - rows.first != taps) {
            taps = rows.end - rows.first;
            factor = snug_pool_rows_factor(layer, kind, rows);
        }
        if (oy + 1 < layer->out_height) {
            rows = snug_window_rows(layer, oy + 1);
            snug_pool_columns(layer, kind, input, rows, strip, strip->columns[(oy + 1) % 2]);
        }
        snug_pool_along(layer, kind, stride, strip, strip->columns[oy % 2], factor,
                        output + (ptrdiff_t)oy * layer->out_row + strip->x);
    }
}

/* All planes; stride: stride_x, as a number where compilers are to know it. */
static inline void snug_pool_planes(const snug_layer *layer, int32_t kind, int32_t stride, const float *input,
                                    float *output)
{
    /* Whole vectors of outputs whose windows lie within the strip. */
    const int32_t reach = (layer->kernel_width - 1) * layer->dilation_x + 1;
    const int32_t most = (SNUG_POOL_STRIP - reach) / stride / SNUG_VL * SNUG_VL;
    snug_pool_strip strip;
    for (int32_t x = 0; x < layer->out_width; x += most) {
        snug_pool_begin_strip(layer, kind, x, most, &strip);
        for (int32_t c = 0; c < layer->in_channels; ++c)
            snug_pool_plane(layer, kind, stride, &strip, input + (ptrdiff_t)c * layer->in_plane,
                            output + (ptrdiff_t)c * layer->out_plane);
    }
}

static inline void snug_pool_chw(const snug_layer *layer, int32_t kind, const float *input, float *output)
{
    const int32_t reach = (layer->kernel_width - 1) * layer->dilation_x + 1;
    if (layer->out_width == 1 || reach + layer->stride_x * SNUG_VL > SNUG_POOL_STRIP) {
        for (int32_t c = 0; c < layer->in_channels; ++c)
            snug_pool_plane_wide(layer, kind, input + (ptrdiff_t)c * layer->in_plane,
                                 output + (ptrdiff_t)c * layer->out_plane);
    } else if (layer->stride_x == 1) {
        snug_pool_planes(layer, kind, 1, input, output);
    } else if (layer->stride_x == 2) {
        snug_pool_planes(layer, kind, 2, input, output);
    } else {
        snug_pool_planes(layer, kind, layer->stride_x, input, output);
    }
}

#endif
