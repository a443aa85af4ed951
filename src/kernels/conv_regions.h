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

/* Where bias is NULL the output holds the sums over other input blocks: these begin with 0 and are added to
 * those, since a sum in parts is more exact than a long one. */
static inline void snug_begin_with(snug_gemm *g, const float *bias)
{
    g->init_row = 0;
    g->init_panel = 16;
    if (!bias) {
        g->add_row = g->out_row;
        g->add_panel = g->out_panel;
    }
}

/* The activations that are no limits, on the panels of a strip. */
static inline void snug_activate_strip(const snug_layer *l, const snug_gemm *g, int32_t rows, int32_t lanes,
                                       float *out)
{
    if (snug_only_limits(l) || l->activation == SNUG_NO_ACTIVATION)
        return;
    for (int32_t panel = 0; panel * 16 < lanes; panel++)
        snug_activate_rows(l, rows, lanes - panel * 16 < 16 ? lanes - panel * 16 : 16,
                           out + panel * g->out_panel, g->out_row);
}

/* One region of some panels of output channels. base: blocks, depth, the strides of blocks, depth, b and
 * panels. bias: NULL where the output holds the sums so far. */
static inline void snug_conv_region(const snug_layer *l, const snug_gemm *base, snug_run rows,
                                    snug_run columns, int32_t lanes, const float *input, const float *weights,
                                    const float *bias, const float *residual, float *output)
{
    const int32_t height = rows.end - rows.begin, width = columns.end - columns.begin;
    const int down = (int64_t)width * snug_tiles_of(height) < (int64_t)height * snug_tiles_of(width);
    const ptrdiff_t in_y = (ptrdiff_t)l->stride_y * l->in_row, in_x = (ptrdiff_t)l->stride_x * l->in_pixel;
    snug_gemm g = *base;
    g.taps_y = rows.last - rows.first;
    g.taps_x = columns.last - columns.first;
    g.a_y = (ptrdiff_t)l->dilation_y * l->in_row;
    g.a_x = (ptrdiff_t)l->dilation_x * l->in_pixel;
    g.a_row = down ? in_y : in_x;
    g.add_row = down ? l->other_row : l->other_pixel;
    g.out_row = down ? l->out_row : l->out_pixel;
    snug_begin_with(&g, bias);
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
        snug_gemm_lanes(&g, length, lanes, a, weights, bias, bias ? add : out, out);
        if (!g.unfinished)
            snug_activate_strip(l, &g, length, lanes, out);
    }
}

/* The taps of a kernel row that lie beside the map for the first output of a row, and for the last. -1 where
 * one lies beside it for more than that output. */
static inline int32_t snug_taps_left_out(const snug_axis *axis, int right)
{
    int32_t taps = 0;
    for (int32_t tap = 0; tap < axis->taps; tap++) {
        const int32_t from = tap * axis->dilation - axis->pad; /* what output 0 reads */
        const int32_t second = axis->outputs > 1 ? 1 : 0, before_last = axis->outputs - 1 - second;
        const int32_t last = from + (axis->outputs - 1) * axis->stride;
        if (!right && from < 0)
            taps++;
        if (right && last >= axis->inputs)
            taps++;
        if (axis->outputs > 1 &&
            (from + second * axis->stride < 0 || from + before_last * axis->stride >= axis->inputs))
            return -1;
    }
    return taps;
}

/* Output rows that read the same rows of taps, each as one strip; its first and last register tile leave out
 * their border pixel where a tap lies beside the map. */
static inline void snug_conv_strips(const snug_layer *l, const snug_gemm *base, snug_run rows, int32_t lanes,
                                    const float *input, const float *weights, const float *bias,
                                    const float *residual, float *output)
{
    snug_gemm g = *base;
    g.taps_y = rows.last - rows.first;
    g.taps_x = l->kernel_width;
    g.a_y = (ptrdiff_t)l->dilation_y * l->in_row;
    g.a_x = (ptrdiff_t)l->dilation_x * l->in_pixel;
    g.a_row = (ptrdiff_t)l->stride_x * l->in_pixel;
    g.add_row = l->other_pixel;
    g.out_row = l->out_pixel;
    snug_begin_with(&g, bias);
    weights += rows.first * g.b_y;
    snug_gemm_merge(&g);
    for (int32_t y = rows.begin; y < rows.end; y++) {
        const int32_t in_y = y * l->stride_y - l->pad_top + rows.first * l->dilation_y;
        const float *a = input + (ptrdiff_t)in_y * l->in_row - (ptrdiff_t)l->pad_left * l->in_pixel;
        const float *add = residual ? residual + (ptrdiff_t)y * l->other_row : NULL;
        float *out = output + (ptrdiff_t)y * l->out_row;
        snug_gemm_lanes(&g, l->out_width, lanes, g.taps_y ? a : input, weights, bias, bias ? add : out, out);
        if (!g.unfinished)
            snug_activate_strip(l, &g, l->out_width, lanes, out);
    }
}

/* As many panels as a register tile takes at once, some of the input blocks. */
static inline void snug_conv_panel(const snug_layer *l, const snug_gemm *base, int32_t lanes,
                                   const float *input, const float *weights, const float *bias,
                                   const float *residual, float *output)
{
    const snug_axis axis_y = snug_axis_y(l), axis_x = snug_axis_x(l);
    snug_gemm g = *base;
    g.left_taps = snug_taps_left_out(&axis_x, 0);
    g.right_taps = snug_taps_left_out(&axis_x, 1);
    /* A tile leaves out one pixel per tap: a tap that both ends of a row leave out needs regions. */
    int strips = g.left_taps >= 0 && g.right_taps >= 0 && g.left_taps + g.right_taps <= l->kernel_width &&
                 g.depth >= 8 && (l->out_width >= 4 || l->out_width >= l->out_height);
#ifndef SNUG_GEMM_BORDERS
    strips &= g.left_taps == 0 && g.right_taps == 0;
#endif
    if (!strips) {
        g.left_taps = 0;
        g.right_taps = 0;
    }
    for (snug_run rows = {0, 0, 0, 0}; rows.end < l->out_height;) {
        rows = snug_next_run(&axis_y, rows.end);
        if (strips) {
            snug_conv_strips(l, &g, rows, lanes, input, weights, bias, residual, output);
            continue;
        }
        for (snug_run columns = {0, 0, 0, 0}; columns.end < l->out_width;) {
            columns = snug_next_run(&axis_x, columns.end);
            snug_conv_region(l, &g, rows, columns, lanes, input, weights, bias, residual, output);
        }
    }
}

/* Any number of panels. Those that a register tile takes at once go over the map for as many input blocks at
 * a time as have weights that stay in the second-level cache, so that every weight is read from further away
 * once; the sums meanwhile are in the output. */
static inline void snug_conv_panels(const snug_layer *l, const snug_gemm *base, int32_t lanes,
                                    const float *input, const float *weights, const float *bias,
                                    const float *residual, float *output)
{
    const int32_t tiles = l->out_height * snug_tiles_of(l->out_width);
    const int64_t block_steps = (int64_t)base->depth * l->kernel_height * l->kernel_width;
    snug_stream stream;
    for (int32_t panel = 0; panel * 16 < lanes;) {
        const int32_t rest = lanes - panel * 16,
                      at_once = snug_next_panels(base, (rest + 15) / 16, base->blocks * block_steps, tiles);
        const int32_t width = rest < at_once * 16 ? rest : at_once * 16;
        const int64_t fit = 65536 / (at_once * 16 * block_steps);
        const int32_t step = fit < 1 ? 1 : fit < base->blocks ? (int32_t)fit : base->blocks;
        for (int32_t block = 0; block < base->blocks; block += step) {
            const int first = block == 0, last = block + step >= base->blocks;
            const float *b = weights + panel * base->b_panel + block * base->b_block;
            snug_gemm g = *base;
            g.blocks = last ? base->blocks - block : step;
            g.last_depth = last ? base->last_depth : 0;
            g.unfinished = !last;
            g.half = base->half && rest == width;
            g.clamp = last && base->clamp;
            const float *next = last ? weights + (panel + at_once) * base->b_panel : b + step * base->b_block;
            stream = snug_stream_of(next, at_once, tiles);
            g.stream = &stream;
            snug_conv_panel(l, &g, width, input + block * base->a_block, b, first ? bias + panel * 16 : NULL,
                            first && residual ? residual + panel * g.add_panel : NULL,
                            output + panel * g.out_panel);
        }
        panel += at_once;
    }
}

#endif
