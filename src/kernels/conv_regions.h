/* conv_regions.h - a convolution by register tiles without padding the input: the output map falls into at
 * most a few regions in which the same taps of the kernel lie inside the map, and taps on the padding are
 * never executed.
 *
 *     +---+-----------+---+   rows with the same valid ky  x  columns with the same valid kx;
 *     |   |           |   |   narrow regions are walked downwards, so that register tiles are full:
 *     +---+-----------+---+   a border column is one product of out_height rows.
 *     | v | > > > > > | v |
 *     | v | > > > > > | v |
 *     +---+-----------+---+ */
#ifndef SNUG_CONV_REGIONS_H
#define SNUG_CONV_REGIONS_H

#include "epilogue.h"
#include "gemm.h"

/* Along one axis: outputs [begin, end) read the taps [first, last). */
typedef struct snug_run {
    int32_t begin, end, first, last;
} snug_run;

typedef struct snug_axis {
    int32_t outputs, inputs, taps, stride, dilation, pad;
} snug_axis;

static inline void snug_valid_taps(const snug_axis *axis, int32_t output, int32_t *first, int32_t *last)
{
    const int32_t origin = output * axis->stride - axis->pad;
    *first = origin >= 0 ? 0 : (-origin + axis->dilation - 1) / axis->dilation;
    const int32_t inside = axis->inputs - origin; /* taps at ky * dilation < inside exist */
    *last = inside <= 0 ? 0 : (inside + axis->dilation - 1) / axis->dilation;
    if (*last > axis->taps)
        *last = axis->taps;
    if (*first > *last)
        *first = *last;
}

/* The run of outputs from `begin` on that read the same taps. */
static inline snug_run snug_next_run(const snug_axis *axis, int32_t begin)
{
    snug_run run = {begin, begin + 1, 0, 0};
    snug_valid_taps(axis, begin, &run.first, &run.last);
    if (run.first == 0 && run.last == axis->taps) { /* the interior, found without a search */
        const int32_t room = axis->inputs - 1 - (axis->taps - 1) * axis->dilation + axis->pad;
        run.end = room / axis->stride + 1 < axis->outputs ? room / axis->stride + 1 : axis->outputs;
        return run;
    }
    for (; run.end < axis->outputs; run.end++) {
        int32_t first, last;
        snug_valid_taps(axis, run.end, &first, &last);
        if (first != run.first || last != run.last)
            break;
    }
    return run;
}

static inline snug_axis snug_axis_y(const snug_layer *l)
{
    const snug_axis axis = {l->out_height, l->in_height,  l->kernel_height,
                            l->stride_y,   l->dilation_y, l->pad_top};
    return axis;
}

static inline snug_axis snug_axis_x(const snug_layer *l)
{
    const snug_axis axis = {l->out_width, l->in_width,   l->kernel_width,
                            l->stride_x,  l->dilation_x, l->pad_left};
    return axis;
}

static inline int32_t snug_tiles(int32_t rows) { return (rows + SNUG_TILE_ROWS - 1) / SNUG_TILE_ROWS; }

/* One region of one panel of output channels. base: blocks, depth and the strides of blocks, depth and b. */
static inline void snug_conv_region(const snug_layer *l, const snug_gemm *base, snug_run rows,
                                    snug_run columns, int32_t lanes, const float *input, const float *weights,
                                    const float *bias, const float *residual, float *output)
{
    const int32_t height = rows.end - rows.begin, width = columns.end - columns.begin;
    const int down = (int64_t)width * snug_tiles(height) < (int64_t)height * snug_tiles(width);
    const ptrdiff_t in_y = (ptrdiff_t)l->stride_y * l->in_row, in_x = (ptrdiff_t)l->stride_x * l->in_pixel;
    snug_gemm g = *base;
    g.taps_y = rows.last - rows.first;
    g.taps_x = columns.last - columns.first;
    g.a_y = (ptrdiff_t)l->dilation_y * l->in_row;
    g.a_x = (ptrdiff_t)l->dilation_x * l->in_pixel;
    g.a_row = down ? in_y : in_x;
    g.add_row = down ? l->other_row : l->other_pixel;
    g.out_row = down ? l->out_row : l->out_pixel;
    weights += rows.first * g.b_y + columns.first * g.b_x;
    input +=
        (ptrdiff_t)(rows.begin * l->stride_y - l->pad_top + rows.first * l->dilation_y) * l->in_row +
        (ptrdiff_t)(columns.begin * l->stride_x - l->pad_left + columns.first * l->dilation_x) * l->in_pixel;
    if (g.taps_y <= 0 || g.taps_x <= 0) { /* the kernel lies on padding alone */
        g.blocks = 0;
        input = weights;
    }
    snug_gemm_merge(&g);
    const ptrdiff_t other = (ptrdiff_t)rows.begin * l->other_row + (ptrdiff_t)columns.begin * l->other_pixel;
    output += (ptrdiff_t)rows.begin * l->out_row + (ptrdiff_t)columns.begin * l->out_pixel;
    const int32_t lines = down ? width : height, length = down ? height : width;
    for (int32_t line = 0; line < lines; line++) {
        const float *a = g.blocks ? input + line * (down ? in_x : in_y) : input;
        const float *add =
            residual ? residual + other + line * (ptrdiff_t)(down ? l->other_pixel : l->other_row) : NULL;
        float *out = output + line * (ptrdiff_t)(down ? l->out_pixel : l->out_row);
        snug_gemm_lanes(&g, length, lanes, a, weights, bias, add, out);
        snug_activate_rows(l, length, lanes, out, g.out_row);
    }
}

/* One panel of up to 16 output channels. */
static inline void snug_conv_panel(const snug_layer *l, const snug_gemm *base, int32_t lanes,
                                   const float *input, const float *weights, const float *bias,
                                   const float *residual, float *output)
{
    const snug_axis axis_y = snug_axis_y(l), axis_x = snug_axis_x(l);
    for (snug_run rows = {0, 0, 0, 0}; rows.end < l->out_height;) {
        rows = snug_next_run(&axis_y, rows.end);
        for (snug_run columns = {0, 0, 0, 0}; columns.end < l->out_width;) {
            columns = snug_next_run(&axis_x, columns.end);
            snug_conv_region(l, base, rows, columns, lanes, input, weights, bias, residual, output);
        }
    }
}

/* Limits that the register tiles apply. */
static inline void snug_gemm_limit(snug_gemm *g, const snug_layer *l)
{
    g->clamp = snug_has_limits(l);
    g->low = snug_low(l);
    g->high = snug_high(l);
}

#endif
