/* depthwise.h - every channel convolved with its own kernel. A vector holds channels of one pixel (c16, hwc)
 * or pixels of one row (chw); between the two only the strides differ. */
#ifndef SNUG_DEPTHWISE_H
#define SNUG_DEPTHWISE_H

#include "conv_regions.h"

/* One vector of one output after another: in_step from output to output, in_tap from tap to tap of a row. */
typedef struct snug_depthwise {
    ptrdiff_t in_step, in_row, in_tap, add_step, out_step;
    ptrdiff_t weights_tap; /* from tap to tap */
    int32_t taps_per_row;
    int32_t clamp;
    float low, high;
} snug_depthwise;

static inline snug_vec snug_depthwise_finish(const snug_depthwise *d, snug_vec sum, const float *add)
{
    if (add)
        sum = snug_add(sum, snug_load(add));
    if (d->clamp)
        sum = snug_min(snug_max(sum, snug_set1(d->low)), snug_set1(d->high));
    return sum;
}

#define SNUG_DEPTHWISE_ROW(r)                                         \
    c0 = snug_fma(w##r##0, snug_load(p##r), c0);                      \
    c1 = snug_fma(w##r##0, snug_load(p##r + step), c1);               \
    c2 = snug_fma(w##r##0, snug_load(p##r + 2 * step), c2);           \
    c3 = snug_fma(w##r##0, snug_load(p##r + 3 * step), c3);           \
    c0 = snug_fma(w##r##1, snug_load(p##r + tap), c0);                \
    c1 = snug_fma(w##r##1, snug_load(p##r + tap + step), c1);         \
    c2 = snug_fma(w##r##1, snug_load(p##r + tap + 2 * step), c2);     \
    c3 = snug_fma(w##r##1, snug_load(p##r + tap + 3 * step), c3);     \
    c0 = snug_fma(w##r##2, snug_load(p##r + 2 * tap), c0);            \
    c1 = snug_fma(w##r##2, snug_load(p##r + 2 * tap + step), c1);     \
    c2 = snug_fma(w##r##2, snug_load(p##r + 2 * tap + 2 * step), c2); \
    c3 = snug_fma(w##r##2, snug_load(p##r + 2 * tap + 3 * step), c3); \
    p##r += 4 * step;

/* Fours of outputs of a 3x3 kernel that lies inside the map. weights: nine vectors. */
static SNUG_NOINLINE void snug_depthwise_3x3(const snug_depthwise *d, int32_t fours, const float *input,
                                             const float *weights, const float *bias, const float *add,
                                             float *out)
{
    const ptrdiff_t step = d->in_step, tap = d->in_tap, w = d->weights_tap;
    const snug_vec w00 = snug_load(weights), w01 = snug_load(weights + w), w02 = snug_load(weights + 2 * w);
    const snug_vec w10 = snug_load(weights + 3 * w), w11 = snug_load(weights + 4 * w);
    const snug_vec w12 = snug_load(weights + 5 * w), w20 = snug_load(weights + 6 * w);
    const snug_vec w21 = snug_load(weights + 7 * w), w22 = snug_load(weights + 8 * w);
    const float *p0 = input, *p1 = input + d->in_row, *p2 = input + 2 * d->in_row;
    for (int32_t four = 0; four < fours; four++) {
        snug_vec c0 = snug_load(bias), c1 = c0, c2 = c0, c3 = c0;
        SNUG_DEPTHWISE_ROW(0)
        SNUG_DEPTHWISE_ROW(1)
        SNUG_DEPTHWISE_ROW(2)
        snug_store(out, snug_depthwise_finish(d, c0, add));
        snug_store(out + d->out_step, snug_depthwise_finish(d, c1, add ? add + d->add_step : NULL));
        snug_store(out + 2 * d->out_step, snug_depthwise_finish(d, c2, add ? add + 2 * d->add_step : NULL));
        snug_store(out + 3 * d->out_step, snug_depthwise_finish(d, c3, add ? add + 3 * d->add_step : NULL));
        out += 4 * d->out_step;
        if (add)
            add += 4 * d->add_step;
    }
}

/* Outputs of any kernel with the valid taps rows x columns. */
static inline void snug_depthwise_any(const snug_depthwise *d, int32_t outputs, int32_t rows, int32_t columns,
                                      const float *input, const float *weights, const float *bias,
                                      const float *add, float *out)
{
    for (int32_t i = 0; i < outputs; i++) {
        snug_vec sum = snug_load(bias);
        for (int32_t ky = 0; ky < rows; ky++) {
            const float *p = input + ky * d->in_row, *w = weights + ky * d->taps_per_row * d->weights_tap;
            for (int32_t kx = 0; kx < columns; kx++, p += d->in_tap, w += d->weights_tap)
                sum = snug_fma(snug_load(w), snug_load(p), sum);
        }
        snug_store(out, snug_depthwise_finish(d, sum, add));
        input += d->in_step;
        out += d->out_step;
        if (add)
            add += d->add_step;
    }
}

/* One value, for the channels or pixels that fill no vector. d->in_step and others are not used. */
static inline float snug_depthwise_one(const snug_depthwise *d, int32_t rows, int32_t columns,
                                       const float *input, const float *weights, float bias, const float *add)
{
    float sum = bias;
    for (int32_t ky = 0; ky < rows; ky++)
        for (int32_t kx = 0; kx < columns; kx++)
            sum += input[ky * d->in_row + kx * d->in_tap] *
                   weights[(ky * d->taps_per_row + kx) * d->weights_tap];
    if (add)
        sum += *add;
    if (d->clamp)
        sum = sum < d->low ? d->low : sum > d->high ? d->high : sum;
    return sum;
}

static inline snug_depthwise snug_depthwise_of(const snug_layer *l)
{
    snug_depthwise d = {0};
    d.in_step = (ptrdiff_t)l->stride_x * l->in_pixel;
    d.in_row = (ptrdiff_t)l->dilation_y * l->in_row;
    d.in_tap = (ptrdiff_t)l->dilation_x * l->in_pixel;
    d.add_step = l->other_pixel;
    d.out_step = l->out_pixel;
    d.taps_per_row = l->kernel_width;
    d.clamp = snug_has_limits(l);
    d.low = snug_low(l);
    d.high = snug_high(l);
    return d;
}

/* Offset of the first valid tap of output (y, x). */
static inline ptrdiff_t snug_first_tap(const snug_layer *l, int32_t y, snug_run rows, int32_t x,
                                       snug_run columns)
{
    return (ptrdiff_t)(y * l->stride_y - l->pad_top + rows.first * l->dilation_y) * l->in_row +
           (ptrdiff_t)(x * l->stride_x - l->pad_left + columns.first * l->dilation_x) * l->in_pixel;
}

/* Consecutive outputs of a row that read the same taps, all vectors and lanes of a channel block. */
static inline void snug_depthwise_lanes(const snug_depthwise *d, int32_t outputs, int32_t rows,
                                        int32_t columns, int32_t lanes, const float *input,
                                        const float *weights, const float *bias, const float *add, float *out)
{
    const int32_t fours = rows == 3 && columns == 3 && d->taps_per_row == 3 ? outputs / 4 : 0;
    const int32_t whole = lanes / SNUG_VL * SNUG_VL;
    for (int32_t lane = 0; lane < whole; lane += SNUG_VL) {
        const float *add_lane = add ? add + lane : NULL;
        if (fours)
            snug_depthwise_3x3(d, fours, input + lane, weights + lane, bias + lane, add_lane, out + lane);
        snug_depthwise_any(d, outputs - 4 * fours, rows, columns, input + lane + 4 * fours * d->in_step,
                           weights + lane, bias + lane, add ? add_lane + 4 * fours * d->add_step : NULL,
                           out + lane + 4 * fours * d->out_step);
    }
    for (int32_t lane = whole; lane < lanes; lane++)
        for (int32_t i = 0; i < outputs; i++)
            out[i * d->out_step + lane] =
                snug_depthwise_one(d, rows, columns, input + i * d->in_step + lane, weights + lane,
                                   bias[lane], add ? add + i * d->add_step + lane : NULL);
}

/* c16 and hwc: up to 16 channels. weights: taps x 16. */
static inline void snug_depthwise_block(const snug_layer *l, int32_t lanes, const float *input,
                                        const float *weights, const float *bias, const float *residual,
                                        float *output)
{
    const snug_axis axis_y = snug_axis_y(l), axis_x = snug_axis_x(l);
    snug_depthwise d = snug_depthwise_of(l);
    d.weights_tap = 16;
    snug_run rows = {0, 0, 0, 0};
    for (int32_t y = 0; y < l->out_height; y++) {
        if (y == rows.end)
            rows = snug_next_run(&axis_y, y);
        float *out = output + (ptrdiff_t)y * l->out_row;
        const float *add = residual ? residual + (ptrdiff_t)y * l->other_row : NULL;
        for (snug_run columns = {0, 0, 0, 0}; columns.end < l->out_width;) {
            columns = snug_next_run(&axis_x, columns.end);
            const int32_t x = columns.begin;
            const float *w = weights + (ptrdiff_t)(rows.first * l->kernel_width + columns.first) * 16;
            snug_depthwise_lanes(&d, columns.end - x, rows.last - rows.first, columns.last - columns.first,
                                 lanes, input + snug_first_tap(l, y, rows, x, columns), w, bias,
                                 add ? add + (ptrdiff_t)x * l->other_pixel : NULL,
                                 out + (ptrdiff_t)x * l->out_pixel);
        }
        snug_activate_rows(l, l->out_width, lanes, out, l->out_pixel);
    }
}

/* chw: outputs of a row that read the same taps. broadcast: nine weights, SNUG_VL times each, and the bias.
 */
static inline void snug_depthwise_run(const snug_depthwise *d, int32_t outputs, int32_t rows, int32_t columns,
                                      const float *input, const float *weights, float bias,
                                      const float *broadcast, const float *add, float *out)
{
    int32_t x = 0;
    if (broadcast && rows == 3 && columns == 3) {
        snug_depthwise wide = *d;
        wide.in_step = wide.add_step = wide.out_step = SNUG_VL;
        wide.weights_tap = SNUG_VL;
        const int32_t fours = outputs / (4 * SNUG_VL);
        const float *bias_lanes = broadcast + 9 * SNUG_VL;
        if (fours)
            snug_depthwise_3x3(&wide, fours, input, broadcast, bias_lanes, add, out);
        x = fours * 4 * SNUG_VL;
        const int32_t vectors = (outputs - x) / SNUG_VL;
        snug_depthwise_any(&wide, vectors, 3, 3, input + x, broadcast, bias_lanes, add ? add + x : NULL,
                           out + x);
        x += vectors * SNUG_VL;
        if (x < outputs && outputs >= SNUG_VL && !add) { /* one more vector, partly over the last one */
            x = outputs - SNUG_VL;
            snug_depthwise_any(&wide, 1, 3, 3, input + x, broadcast, bias_lanes, NULL, out + x);
            x = outputs;
        }
    }
    for (; x < outputs; x++)
        out[x * d->out_step] = snug_depthwise_one(d, rows, columns, input + x * d->in_step, weights, bias,
                                                  add ? add + x * d->add_step : NULL);
}

/* chw: one channel. weights: its taps. */
static inline void snug_depthwise_plane(const snug_layer *l, const float *input, const float *weights,
                                        float bias, const float *residual, float *output)
{
    const snug_axis axis_y = snug_axis_y(l), axis_x = snug_axis_x(l);
    snug_depthwise d = snug_depthwise_of(l);
    d.weights_tap = 1;
    const int wide = l->kernel_height == 3 && l->kernel_width == 3 && l->stride_x == 1 && l->in_pixel == 1 &&
                     l->out_pixel == 1 && (!residual || l->other_pixel == 1);
    float broadcast[10 * SNUG_VL];
    if (wide)
        for (int32_t i = 0; i < 10 * SNUG_VL; i++)
            broadcast[i] = i < 9 * SNUG_VL ? weights[i / SNUG_VL] : bias;
    snug_run rows = {0, 0, 0, 0};
    for (int32_t y = 0; y < l->out_height; y++) {
        if (y == rows.end)
            rows = snug_next_run(&axis_y, y);
        float *out = output + (ptrdiff_t)y * l->out_row;
        const float *add = residual ? residual + (ptrdiff_t)y * l->other_row : NULL;
        for (snug_run columns = {0, 0, 0, 0}; columns.end < l->out_width;) {
            columns = snug_next_run(&axis_x, columns.end);
            const int32_t x = columns.begin;
            snug_depthwise_run(&d, columns.end - x, rows.last - rows.first, columns.last - columns.first,
                               input + snug_first_tap(l, y, rows, x, columns),
                               weights + rows.first * l->kernel_width + columns.first, bias,
                               wide ? broadcast : NULL, add ? add + (ptrdiff_t)x * l->other_pixel : NULL,
                               out + (ptrdiff_t)x * l->out_pixel);
        }
        if (l->out_pixel == 1)
            snug_activate_rows(l, 1, l->out_width, out, l->out_row);
        else
            snug_activate_rows(l, l->out_width, 1, out, l->out_pixel);
    }
}

#endif
