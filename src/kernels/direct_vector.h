/* direct_vector.h - the textbook loops with vectors and nothing else: no packed panels, no copied input, no
 * workspace but a row of sums. Weights stay unpadded, so layers with very few output channels (a mask, a
 * depth map, one class) do not multiply the 15 lanes of zeros of a panel of 16.
 *
 * Two loop orders, each with the vector where its layout is contiguous.
 *
 * By rows, for planar maps: a row of sums stays in the first-level cache while input channels go by, and
 * takes all taps of a channel at once, as vectors of pixels. This is direct-sum2d of the TASO paper's
 * library, vectorised.
 *
 * By dot products, for interleaved maps: four output pixels at a time, for each output channel a dot product
 * over kernel rows, columns and channels, as vectors of channels that are added up at the end. Weights in the
 * order output channel, kernel row, column, channel. On one output channel, 64 input channels of 56x56,
 * kernel 3x3: 47 GFLOP/s, where kernels on panels of 16 reach 8. */
#ifndef SNUG_DIRECT_VECTOR_H
#define SNUG_DIRECT_VECTOR_H

#include "conv_regions.h"
#include "long_sum.h"

/* The outputs of a row that read every tap of a kernel row: one run, found once. */
static inline snug_run snug_direct_interior(const snug_layer *l)
{
    const snug_axis axis = snug_axis_x(l);
    snug_run run = {0, 0, 0, 0};
    while (run.end < l->out_width) {
        run = snug_next_run(&axis, run.end);
        if (run.first == 0 && run.last == l->kernel_width)
            return run;
    }
    run.begin = l->out_width;
    return run;
}

/* Adds the taps of one channel that lie inside the map to one sum. plane: from the first kernel row on. */
static SNUG_NOINLINE float snug_direct_border(const snug_layer *l, int32_t x, int32_t rows,
                                              const float *plane, const float *taps, float sum)
{
    const snug_axis axis = snug_axis_x(l);
    int32_t first, last;
    snug_valid_taps(&axis, x, &first, &last);
    for (int32_t ky = 0; ky < rows; ky++)
        for (int32_t kx = first; kx < last; kx++)
            sum += taps[ky * l->kernel_width + kx] *
                   plane[(ptrdiff_t)ky * l->dilation_y * l->in_row +
                         (ptrdiff_t)(x * l->stride_x - l->pad_left + kx * l->dilation_x) * l->in_pixel];
    return sum;
}

/* A vector of sums. from: what tap 0 of the first of them reads. */
static inline snug_vec snug_direct_taps(const snug_layer *l, int32_t rows, const float *from,
                                        const float *taps, snug_vec c)
{
    const ptrdiff_t down = (ptrdiff_t)l->dilation_y * l->in_row;
    snug_vec d = snug_set1(0.0f);
    for (int32_t ky = 0; ky < rows; ky++, from += down) {
        int32_t kx = 0;
        for (; kx + 2 <= l->kernel_width; kx += 2, taps += 2) {
            c = snug_fma(snug_set1(taps[0]), snug_load(from + kx * l->dilation_x), c);
            d = snug_fma(snug_set1(taps[1]), snug_load(from + (kx + 1) * l->dilation_x), d);
        }
        if (kx < l->kernel_width)
            c = snug_fma(snug_set1(*taps++), snug_load(from + kx * l->dilation_x), c);
    }
    return snug_add(c, d);
}

/* The last, incomplete vector. */
static inline snug_vec snug_direct_taps_some(const snug_layer *l, int32_t rows, const float *from,
                                             const float *taps, snug_vec c, int32_t some)
{
    const ptrdiff_t down = (ptrdiff_t)l->dilation_y * l->in_row;
    for (int32_t ky = 0; ky < rows; ky++, from += down)
        for (int32_t kx = 0; kx < l->kernel_width; kx++)
            c = snug_fma(snug_set1(*taps++), snug_load_some(from + kx * l->dilation_x, some), c);
    return c;
}

/* Adds `rows` kernel rows of one channel to one row of sums. plane: from the first of them on. inside: the
 * outputs that read every tap of a kernel row. */
static inline void snug_direct_row(const snug_layer *l, snug_run inside, int32_t rows, const float *plane,
                                   const float *taps, float *sum)
{
    int32_t x = inside.begin;
    if (l->stride_x == 1 && l->in_pixel == 1) {
        const float *from = plane - l->pad_left;
        for (; x + SNUG_VL <= inside.end; x += SNUG_VL)
            snug_store(sum + x, snug_direct_taps(l, rows, from + x, taps, snug_load(sum + x)));
        const int32_t some = inside.end - x;
        if (some > 0)
            snug_store_some(
                sum + x, snug_direct_taps_some(l, rows, from + x, taps, snug_load_some(sum + x, some), some),
                some);
        x = inside.end > x ? inside.end : x;
    }
    for (int32_t border = 0; border < inside.begin; border++)
        sum[border] = snug_direct_border(l, border, rows, plane, taps, sum[border]);
    for (; x < l->out_width; x++)
        sum[x] = snug_direct_border(l, x, rows, plane, taps, sum[x]);
}

/* Output row y of channel o, channels in stretches (long_sum.h); the output holds the sum of those before. */
static inline void snug_direct_output_row(const snug_layer *l, snug_run inside, int32_t o, int32_t y,
                                          const float *input, const float *weights, float bias,
                                          const float *residual, float *output, float *sum)
{
    const snug_axis axis = snug_axis_y(l);
    const int32_t channels = l->in_channels / l->groups, group = o / (l->out_channels / l->groups);
    const int32_t taps = l->kernel_height * l->kernel_width, step = snug_turns_at_once(taps);
    int32_t first, last;
    snug_valid_taps(&axis, y, &first, &last);
    input += (ptrdiff_t)group * channels * l->in_plane +
             (ptrdiff_t)(y * l->stride_y - l->pad_top + first * l->dilation_y) * l->in_row;
    weights += (ptrdiff_t)o * channels * taps + first * l->kernel_width;
    for (int32_t i = 0; i < channels;) {
        const float *add = i > 0 ? output : residual;
        const ptrdiff_t add_pixel = i > 0 ? l->out_pixel : l->other_pixel;
        for (int32_t x = 0; x < l->out_width; x++)
            sum[x] = i > 0 ? 0.0f : bias;
        for (const int32_t end = channels - i < step ? channels : i + step; i < end; i++)
            snug_direct_row(l, inside, last - first, input + (ptrdiff_t)i * l->in_plane,
                            weights + (ptrdiff_t)i * taps, sum);
        if (add)
            for (int32_t x = 0; x < l->out_width; x++)
                sum[x] += add[x * add_pixel];
        if (i == channels)
            snug_activate(l, sum, l->out_width);
        for (int32_t x = 0; x < l->out_width; x++)
            output[(ptrdiff_t)x * l->out_pixel] = sum[x];
    }
}

/* Planar maps. weights: ONNX order. workspace: one row of sums. */
static inline void snug_direct_rows(const snug_layer *l, const float *input, const float *weights,
                                    const float *bias, const float *residual, float *output, float *sum)
{
    const snug_run inside = snug_direct_interior(l);
    for (int32_t o = 0; o < l->out_channels; o++)
        for (int32_t y = 0; y < l->out_height; y++) {
            const ptrdiff_t other = (ptrdiff_t)o * l->other_plane + (ptrdiff_t)y * l->other_row;
            snug_direct_output_row(l, inside, o, y, input, weights, bias[o],
                                   residual ? residual + other : NULL,
                                   output + (ptrdiff_t)o * l->out_plane + (ptrdiff_t)y * l->out_row, sum);
        }
}

/* c[p] += the dot product of `count` weights with input + p * step, for four pixels, lane by lane. */
static inline void snug_dot_four(int32_t count, const float *weights, const float *input, ptrdiff_t step,
                                 snug_vec c[4])
{
    const float *p1 = input + step, *p2 = p1 + step, *p3 = p2 + step;
    snug_vec c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3];
    int32_t i = 0;
    for (; i + SNUG_VL <= count; i += SNUG_VL) {
        const snug_vec w = snug_load(weights + i);
        c0 = snug_fma(w, snug_load(input + i), c0);
        c1 = snug_fma(w, snug_load(p1 + i), c1);
        c2 = snug_fma(w, snug_load(p2 + i), c2);
        c3 = snug_fma(w, snug_load(p3 + i), c3);
    }
    if (i < count) {
        const int32_t some = count - i;
        const snug_vec w = snug_load_some(weights + i, some);
        c0 = snug_fma(w, snug_load_some(input + i, some), c0);
        c1 = snug_fma(w, snug_load_some(p1 + i, some), c1);
        c2 = snug_fma(w, snug_load_some(p2 + i, some), c2);
        c3 = snug_fma(w, snug_load_some(p3 + i, some), c3);
    }
    c[0] = c0;
    c[1] = c1;
    c[2] = c2;
    c[3] = c3;
}

/* Adds `some` of the channels to four outputs, `step` apart in the input, that read the taps rows x columns
 * of the kernel. */
static inline void snug_dot_kernel(const snug_layer *l, int32_t channels, int32_t some, snug_run rows,
                                   snug_run columns, const float *input, ptrdiff_t step, const float *weights,
                                   float sums[4])
{
    const ptrdiff_t tap_row = (ptrdiff_t)l->kernel_width * channels;
    const int32_t width = columns.last - columns.first;
    const int merged = l->dilation_x == 1 && l->in_pixel == some;
    snug_vec c[4] = {snug_set1(0.0f), snug_set1(0.0f), snug_set1(0.0f), snug_set1(0.0f)};
    for (int32_t ky = rows.first; ky < rows.last; ky++) {
        const float *row = input + (ptrdiff_t)(ky - rows.first) * l->dilation_y * l->in_row;
        const float *taps = weights + ky * tap_row + (ptrdiff_t)columns.first * channels;
        if (merged) {
            snug_dot_four(width * some, taps, row, step, c);
            continue;
        }
        for (int32_t kx = 0; kx < width; kx++)
            snug_dot_four(some, taps + (ptrdiff_t)kx * channels,
                          row + (ptrdiff_t)kx * l->dilation_x * l->in_pixel, step, c);
    }
    for (int32_t p = 0; p < 4; p++)
        sums[p] = snug_sum_of_lanes(c[p]);
}

/* The outputs of a row that read the same taps, of one group: their sums over `some` of its channels. */
static inline void snug_dot_run(const snug_layer *l, int32_t channels, int32_t some_channels, int32_t outputs,
                                snug_run rows, snug_run columns, const float *input, const float *weights,
                                const float *begin, ptrdiff_t begin_pixel, const float *residual,
                                float *output)
{
    const ptrdiff_t taps = (ptrdiff_t)channels * l->kernel_height * l->kernel_width;
    const int32_t count = columns.end - columns.begin;
    for (int32_t x = 0; x < count; x += 4) {
        const int32_t some = count - x < 4 ? count - x : 4;
        /* The last outputs are computed four times rather than read past the map. */
        const ptrdiff_t step = some == 4 ? (ptrdiff_t)l->stride_x * l->in_pixel : 0;
        for (int32_t o = 0; o < outputs; o++)
            for (int32_t p = 0; p < some; p += step ? 4 : 1) {
                float sums[4];
                snug_dot_kernel(l, channels, some_channels, rows, columns,
                                input + (ptrdiff_t)(x + p) * l->stride_x * l->in_pixel, step,
                                weights + o * taps, sums);
                for (int32_t q = 0; q < (step ? 4 : 1); q++) {
                    const ptrdiff_t pixel = x + p + q;
                    const float other = residual ? residual[pixel * l->other_pixel + o] : 0.0f;
                    output[pixel * l->out_pixel + o] =
                        snug_activated(l, sums[q] + begin[pixel * begin_pixel + o] + other);
                }
            }
    }
}

/* Interleaved maps. weights: output channel, kernel row, column, channel. */
static inline void snug_direct_dot(const snug_layer *l, const float *input, const float *weights,
                                   const float *bias, const float *residual, float *output)
{
    const snug_axis axis_y = snug_axis_y(l), axis_x = snug_axis_x(l);
    const int32_t channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    const ptrdiff_t taps = (ptrdiff_t)channels * l->kernel_height * l->kernel_width;
    /* Channels of a stretch (long_sum.h): every lane of a vector is a sum of its own. */
    const int32_t at_once = snug_turns_at_once(l->kernel_height * l->kernel_width) * SNUG_VL;
    for (int32_t y = 0; y < l->out_height; y++) {
        snug_run rows = {y, y + 1, 0, 0};
        snug_valid_taps(&axis_y, y, &rows.first, &rows.last);
        for (snug_run columns = {0, 0, 0, 0}; columns.end < l->out_width;) {
            columns = snug_next_run(&axis_x, columns.end);
            const int32_t in_y = y * l->stride_y - l->pad_top + rows.first * l->dilation_y;
            const int32_t in_x = columns.begin * l->stride_x - l->pad_left + columns.first * l->dilation_x;
            const int inside = rows.first < rows.last && columns.first < columns.last;
            const float *from =
                inside ? input + (ptrdiff_t)in_y * l->in_row + (ptrdiff_t)in_x * l->in_pixel : input;
            for (int32_t group = 0; group < l->groups; group++) {
                const ptrdiff_t o = (ptrdiff_t)group * outputs;
                const ptrdiff_t other =
                    (ptrdiff_t)y * l->other_row + (ptrdiff_t)columns.begin * l->other_pixel + o;
                float *out = output + (ptrdiff_t)y * l->out_row + (ptrdiff_t)columns.begin * l->out_pixel + o;
                for (int32_t i = 0; i < channels; i += at_once) {
                    const int32_t some = channels - i < at_once ? channels - i : at_once;
                    snug_layer part = *l;
                    if (i + some < channels)
                        part.activation = SNUG_NO_ACTIVATION;
                    snug_dot_run(&part, channels, some, outputs, rows, columns,
                                 inside ? from + group * channels + i : from, weights + o * taps + i,
                                 i > 0 ? out : bias + o, i > 0 ? l->out_pixel : 0,
                                 i > 0 || !residual ? NULL : residual + other, out);
                }
            }
        }
    }
}

#endif
