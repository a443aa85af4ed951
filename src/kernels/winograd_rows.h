/* winograd_rows.h - one-dimensional Winograd convolution F(m, r) along the rows of a map, in any layout.
 * Define SNUG_ROWS_OUTPUT as m (2 or 3) and SNUG_ROWS_TAPS as r (3 or 5) before including it.
 *
 * Winograd, Arithmetic Complexity of Computations, 1980: m outputs of a row from the m + r - 1 inputs that
 * they read by m + r - 1 products, instead of m r. The rows of the kernel are added up while the values are
 * transformed: every row of inputs is transformed once, and of each product's sum over channels and kernel
 * rows only the result is transformed back. So there is one matrix product per point, with kernel_height
 * times the channels as its depth, and kernels of any height and vertical dilation are served:
 *
 *     input rows         transformed [point][row][tile][channel]     sums [point][row][tile][16]    output
 * rows y ... y + R - 1 -> row y    [tile 0 | tile 1 | ...]  --+ row y+1  [tile 0 | tile 1 | ...]  --+- *
 * weights [point][ky][channel] ->  y row y+2  [tile 0 | tile 1 | ...]  --+
 *
 * F(2, 3): 1.5, F(3, 3): 1.8, F(2, 5): 1.67, F(3, 5): 2.14 times fewer multiplications than a direct
 * convolution, at a workspace of a few rows where the two-dimensional kind needs whole tiles. A kernel that
 * is r high and not r wide is convolved along columns: the axes are exchanged.
 *
 * The points are 0, 1, -1, 2, -2, 1/2, as many as are needed, and infinity, which comes last.
 *
 * Output rows go in strips of layer->block, output channels in pairs of panels of 16. Workspace, for strips
 * of S output rows, which read R = (S - 1) stride + (kernel height - 1) dilation + 1 rows, for P = m + r - 1
 * points, T tiles in a row and C channels rounded up to 16, in floats:
 *
 *     inputs [P][R T C + 16]     sums [2][P][S T 16 + 16]     two rows [m T + r - 1][16] */
#ifndef SNUG_WINOGRAD_ROWS_H
#define SNUG_WINOGRAD_ROWS_H

#include <string.h>

#include "point_products.h"
#include "transpose.h"

#define SNUG_ROWS_POINTS (SNUG_ROWS_OUTPUT + SNUG_ROWS_TAPS - 1)

/* How a layout stores 16 channels: from one such group to the next, and from channel to channel. */
typedef struct snug_row_groups {
    ptrdiff_t in_group, in_lane;
    ptrdiff_t other_group, other_lane;
    ptrdiff_t out_group, out_lane;
    int whole_groups; /* 1: all 16 lanes exist even in the last group */
} snug_row_groups;

static inline snug_row_groups snug_row_groups_c16(const snug_layer *l)
{
    const snug_row_groups groups = {l->in_plane, 1, l->other_plane, 1, l->out_plane, 1, 1};
    return groups;
}

static inline snug_row_groups snug_row_groups_hwc(void)
{
    const snug_row_groups groups = {16, 1, 16, 1, 16, 1, 0};
    return groups;
}

static inline snug_row_groups snug_row_groups_chw(const snug_layer *l)
{
    const snug_row_groups groups = {16 * (ptrdiff_t)l->in_plane,
                                    l->in_plane,
                                    16 * (ptrdiff_t)l->other_plane,
                                    l->other_plane,
                                    16 * (ptrdiff_t)l->out_plane,
                                    l->out_plane,
                                    0};
    return groups;
}

/* [count][16] from pixels of `lanes` channels; the lanes that are not there become 0. */
static inline void snug_load_row(const float *from, ptrdiff_t lane, ptrdiff_t pixel, int32_t lanes,
                                 int32_t count, float *row)
{
    if (lane == 1 && lanes == 16) {
        for (int32_t x = 0; x < count; x++)
            for (int32_t i = 0; i < 16; i += SNUG_VL)
                snug_store(row + x * 16 + i, snug_load(from + x * pixel + i));
        return;
    }
    if (lanes < 16)
        memset(row, 0, (size_t)count * 16 * sizeof(float));
    if (pixel == 1) {
        snug_transpose(from, lane, row, 16, lanes, count);
        return;
    }
    for (int32_t x = 0; x < count; x++)
        for (int32_t i = 0; i < lanes; i++)
            row[x * 16 + i] = from[x * pixel + i * lane];
}

/* The reverse. */
static inline void snug_store_row(const float *row, int32_t lanes, int32_t count, float *to, ptrdiff_t lane,
                                  ptrdiff_t pixel)
{
    if (lane == 1 && lanes == 16) {
        for (int32_t x = 0; x < count; x++)
            for (int32_t i = 0; i < 16; i += SNUG_VL)
                snug_store(to + x * pixel + i, snug_load(row + x * 16 + i));
    } else if (pixel == 1) {
        snug_transpose(row, 16, to, lane, count, lanes);
    } else {
        for (int32_t x = 0; x < count; x++)
            for (int32_t i = 0; i < lanes; i++)
                to[x * pixel + i * lane] = row[x * 16 + i];
    }
}

#define SNUG_TIMES_PLUS(factor, v, w) snug_fma(snug_set1(factor), v, w)

/* B^T: the points of a tile from its inputs, 16 floats apart. */
static inline void snug_rows_input(const float *in, float *out, ptrdiff_t point)
{
#define SNUG_IN(i) const snug_vec d##i = snug_load(in + (i) * 16);
#define SNUG_OUT(i, value) snug_store(out + (i) * point, value);
    SNUG_IN(0)
    SNUG_IN(1)
    SNUG_IN(2)
    SNUG_IN(3)
#if SNUG_ROWS_POINTS == 4
    SNUG_OUT(0, snug_sub(d0, d2))
    SNUG_OUT(1, snug_add(d1, d2))
    SNUG_OUT(2, snug_sub(d2, d1))
    SNUG_OUT(3, snug_sub(d3, d1))
#elif SNUG_ROWS_POINTS == 5
    SNUG_IN(4)
    const snug_vec a = snug_sub(d3, d1), b = snug_sub(d2, d3);
    SNUG_OUT(0, SNUG_TIMES_PLUS(0.5f, a, snug_sub(d0, d2)))
    SNUG_OUT(1, SNUG_TIMES_PLUS(2.0f, d1, b))
    SNUG_OUT(2, SNUG_TIMES_PLUS(2.0f, snug_sub(d2, d1), b))
    SNUG_OUT(3, a)
    SNUG_OUT(4, SNUG_TIMES_PLUS(-2.0f, a, snug_sub(d4, d2)))
#else
    SNUG_IN(4)
    SNUG_IN(5)
#if SNUG_ROWS_POINTS == 6
    const snug_vec t0 = d0, t1 = d1, t2 = d2, t3 = d3, t4 = d4, t5 = d5;
#else /* the factor x - 1/2 of the polynomials of all points but 1/2 */
    SNUG_IN(6)
    const snug_vec t0 = SNUG_TIMES_PLUS(-0.5f, d0, d1), t1 = SNUG_TIMES_PLUS(-0.5f, d1, d2);
    const snug_vec t2 = SNUG_TIMES_PLUS(-0.5f, d2, d3), t3 = SNUG_TIMES_PLUS(-0.5f, d3, d4);
    const snug_vec t4 = SNUG_TIMES_PLUS(-0.5f, d4, d5), t5 = SNUG_TIMES_PLUS(-0.5f, d5, d6);
    SNUG_OUT(5, SNUG_TIMES_PLUS(4.0f, d1, SNUG_TIMES_PLUS(-5.0f, d3, d5)))
#endif
    const snug_vec even1 = SNUG_TIMES_PLUS(-4.0f, t2, t4), odd1 = SNUG_TIMES_PLUS(-4.0f, t1, t3);
    const snug_vec even2 = snug_sub(t4, t2), odd2 = snug_sub(t3, t1);
    SNUG_OUT(0, SNUG_TIMES_PLUS(4.0f, t0, SNUG_TIMES_PLUS(-5.0f, t2, t4)))
    SNUG_OUT(1, snug_add(even1, odd1))
    SNUG_OUT(2, snug_sub(even1, odd1))
    SNUG_OUT(3, SNUG_TIMES_PLUS(2.0f, odd2, even2))
    SNUG_OUT(4, SNUG_TIMES_PLUS(-2.0f, odd2, even2))
    SNUG_OUT(SNUG_ROWS_POINTS - 1, SNUG_TIMES_PLUS(4.0f, t1, SNUG_TIMES_PLUS(-5.0f, t3, t5)))
#endif
#undef SNUG_IN
#undef SNUG_OUT
}

/* A^T: the outputs of a tile, 16 floats apart, from its points. */
static inline void snug_rows_output(const float *in, ptrdiff_t point, float *out)
{
#define SNUG_IN(i) const snug_vec m##i = snug_load(in + (i) * point);
#define SNUG_OUT(i, value) snug_store(out + (i) * 16, value);
    SNUG_IN(0)
    SNUG_IN(1)
    SNUG_IN(2)
    SNUG_IN(3)
    const snug_vec sum1 = snug_add(m1, m2), difference1 = snug_sub(m1, m2);
#if SNUG_ROWS_POINTS == 4
    SNUG_OUT(0, snug_add(m0, sum1))
    SNUG_OUT(1, snug_add(difference1, m3))
#elif SNUG_ROWS_POINTS == 5
    SNUG_IN(4)
    SNUG_OUT(0, snug_add(snug_add(m0, m3), sum1))
    SNUG_OUT(1, SNUG_TIMES_PLUS(2.0f, m3, difference1))
    SNUG_OUT(2, snug_add(SNUG_TIMES_PLUS(4.0f, m3, sum1), m4))
#else
    SNUG_IN(4)
    SNUG_IN(5)
    const snug_vec sum2 = snug_add(m3, m4), difference2 = snug_sub(m3, m4);
#if SNUG_ROWS_POINTS == 6
    SNUG_OUT(0, snug_add(m0, snug_add(sum1, sum2)))
    SNUG_OUT(1, snug_add(SNUG_TIMES_PLUS(2.0f, difference2, difference1), m5))
#else
    SNUG_IN(6)
    SNUG_OUT(0, snug_add(snug_add(m0, m5), snug_add(sum1, sum2)))
    SNUG_OUT(1, SNUG_TIMES_PLUS(2.0f, difference2, SNUG_TIMES_PLUS(0.5f, m5, difference1)))
    SNUG_OUT(2, snug_add(SNUG_TIMES_PLUS(4.0f, sum2, SNUG_TIMES_PLUS(0.25f, m5, sum1)), m6))
#endif
#endif
#undef SNUG_IN
#undef SNUG_OUT
}
#undef SNUG_TIMES_PLUS

/* One run of the kernel: the layer with its rows as the direction of the transform, and what follows from it.
 */
typedef struct snug_rows {
    const snug_layer *layer;
    snug_row_groups groups;
    int32_t tiles, channels, strip;
    ptrdiff_t in_point, sum_point; /* from a point to the next */
    float *row, *other_row;
} snug_rows;

/* Input row `y` of all channels, transformed. */
static inline void snug_rows_transform(const snug_rows *r, const float *input, int32_t y, float *points)
{
    const snug_layer *l = r->layer;
    if (y < 0 || y >= l->in_height) {
        for (int32_t point = 0; point < SNUG_ROWS_POINTS; point++)
            memset(points + point * r->in_point, 0, (size_t)r->tiles * (size_t)r->channels * sizeof(float));
        return;
    }
    const int32_t length = r->tiles * SNUG_ROWS_OUTPUT + SNUG_ROWS_TAPS - 1;
    const int32_t begin = l->pad_left < length ? l->pad_left : length;
    const int32_t count = l->in_width < length - begin ? l->in_width : length - begin, end = begin + count;
    memset(r->row, 0, (size_t)begin * 16 * sizeof(float));
    memset(r->row + end * 16, 0, (size_t)(length - end) * 16 * sizeof(float));
    for (int32_t c = 0; c < l->in_channels; c += 16) {
        const int32_t rest = l->in_channels - c, lanes = rest < 16 && !r->groups.whole_groups ? rest : 16;
        snug_load_row(input + c / 16 * r->groups.in_group + (ptrdiff_t)y * l->in_row, r->groups.in_lane,
                      l->in_pixel, lanes, count, r->row + begin * 16);
        for (int32_t tile = 0; tile < r->tiles; tile++)
            for (int32_t lane = 0; lane < 16; lane += SNUG_VL)
                snug_rows_input(r->row + tile * SNUG_ROWS_OUTPUT * 16 + lane,
                                points + (ptrdiff_t)tile * r->channels + c + lane, r->in_point);
    }
}

/* Output row `y` of up to 16 channels from their sums. */
static inline void snug_rows_back(const snug_rows *r, const snug_finisher *finisher, const float *sums,
                                  int32_t y, int32_t lanes, const float *bias, const float *residual,
                                  float *output)
{
    const snug_layer *l = r->layer;
    for (int32_t tile = 0; tile < r->tiles; tile++)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL)
            snug_rows_output(sums + tile * 16 + lane, r->sum_point,
                             r->row + tile * SNUG_ROWS_OUTPUT * 16 + lane);
    const float *other = NULL;
    ptrdiff_t other_pixel = 16;
    if (residual) {
        other = residual + (ptrdiff_t)y * l->other_row;
        other_pixel = l->other_pixel;
        if (r->groups.other_lane != 1 || lanes < 16) {
            snug_load_row(other, r->groups.other_lane, other_pixel, lanes, l->out_width, r->other_row);
            other = r->other_row;
            other_pixel = 16;
        }
    }
    float *out = output + (ptrdiff_t)y * l->out_row;
    const int direct = r->groups.out_lane == 1 && lanes == 16;
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        const snug_vec b = snug_load(bias + lane);
        for (int32_t x = 0; x < l->out_width; x++) {
            snug_vec sum = snug_add(snug_load(r->row + x * 16 + lane), b);
            if (other)
                sum = snug_add(sum, snug_load(other + x * other_pixel + lane));
            snug_store(direct ? out + (ptrdiff_t)x * l->out_pixel + lane : r->row + x * 16 + lane,
                       snug_finish(finisher, sum));
        }
    }
    if (!direct)
        snug_store_row(r->row, lanes, l->out_width, out, r->groups.out_lane, l->out_pixel);
}

/* The products of all points for `rows` output rows and 1 or 2 panels. */
static inline void snug_rows_products(const snug_rows *r, int32_t rows, int32_t panels, const float *inputs,
                                      const float *weights, float *sums)
{
    const snug_layer *l = r->layer;
    const ptrdiff_t line = (ptrdiff_t)r->tiles * r->channels,
                    panel = (ptrdiff_t)l->kernel_height * r->channels * 16;
    const int together = l->stride_y == 1; /* output rows follow on one another among the inputs too */
    snug_gemm gemm = {0};
    gemm.taps_y = gemm.taps_x = 1;
    gemm.blocks = l->kernel_height;
    gemm.depth = l->in_channels;
    gemm.a_block = l->dilation_y * line;
    gemm.a_row = r->channels;
    gemm.a_depth = 1;
    gemm.b_block = (ptrdiff_t)r->channels * 16;
    gemm.b_depth = 16;
    gemm.out_row = 16;
    for (int32_t point = 0; point < SNUG_ROWS_POINTS; point++, weights += panels * panel)
        for (int32_t y = 0; y < (together ? 1 : rows); y++)
            snug_point_product(&gemm, together ? rows * r->tiles : r->tiles, panels,
                               inputs + point * r->in_point + y * l->stride_y * line, weights, panel,
                               sums + point * r->sum_point + (ptrdiff_t)y * r->tiles * 16,
                               SNUG_ROWS_POINTS * r->sum_point);
}

/* The layer with its axes exchanged. */
static inline snug_layer snug_exchange_axes(const snug_layer *layer)
{
    snug_layer l = *layer;
    l.in_height = layer->in_width, l.in_width = layer->in_height;
    l.out_height = layer->out_width, l.out_width = layer->out_height;
    l.kernel_height = layer->kernel_width, l.kernel_width = layer->kernel_height;
    l.stride_y = layer->stride_x, l.stride_x = layer->stride_y;
    l.dilation_y = layer->dilation_x, l.dilation_x = layer->dilation_y;
    l.pad_top = layer->pad_left, l.pad_left = layer->pad_top;
    l.in_row = layer->in_pixel, l.in_pixel = layer->in_row;
    l.other_row = layer->other_pixel, l.other_pixel = layer->other_row;
    l.out_row = layer->out_pixel, l.out_pixel = layer->out_row;
    return l;
}

static inline void snug_winograd_rows(const snug_layer *layer, snug_row_groups groups, const float *input,
                                      const float *weights, const float *bias, const float *residual,
                                      float *output, float *workspace)
{
    const int exchange =
        layer->kernel_width != SNUG_ROWS_TAPS || layer->stride_x != 1 || layer->dilation_x != 1;
    const snug_layer turned = exchange ? snug_exchange_axes(layer) : *layer, *l = &turned;
    const snug_finisher finisher = snug_make_finisher(l);
    const int32_t panels = (l->out_channels + 15) / 16;
    snug_rows r = {l,
                   groups,
                   (l->out_width + SNUG_ROWS_OUTPUT - 1) / SNUG_ROWS_OUTPUT,
                   (l->in_channels + 15) / 16 * 16,
                   l->block < l->out_height ? l->block : l->out_height,
                   0,
                   0,
                   NULL,
                   NULL};
    const int32_t in_rows = (r.strip - 1) * l->stride_y + (l->kernel_height - 1) * l->dilation_y + 1;
    const ptrdiff_t line = (ptrdiff_t)r.tiles * r.channels;
    r.in_point = in_rows * line + 16;
    r.sum_point = (ptrdiff_t)r.strip * r.tiles * 16 + 16;
    float *sums = workspace + SNUG_ROWS_POINTS * r.in_point;
    r.row = sums + 2 * SNUG_ROWS_POINTS * r.sum_point;
    r.other_row = r.row + (r.tiles * SNUG_ROWS_OUTPUT + SNUG_ROWS_TAPS - 1) * 16;
    for (int32_t top = 0; top < l->out_height; top += r.strip) {
        const int32_t rows = l->out_height - top < r.strip ? l->out_height - top : r.strip;
        const int32_t used_rows = (rows - 1) * l->stride_y + (l->kernel_height - 1) * l->dilation_y + 1;
        for (int32_t y = 0; y < used_rows; y++)
            snug_rows_transform(&r, input, top * l->stride_y - l->pad_top + y, workspace + y * line);
        for (int32_t panel = 0; panel < panels; panel += 2) {
            const int32_t pair = panels - panel < 2 ? 1 : 2;
            snug_rows_products(
                &r, rows, pair, workspace,
                weights + (ptrdiff_t)panel * SNUG_ROWS_POINTS * l->kernel_height * r.channels * 16, sums);
            for (int32_t p = panel; p < panel + pair; p++) {
                const int32_t rest = l->out_channels - p * 16,
                              lanes = rest < 16 && !groups.whole_groups ? rest : 16;
                for (int32_t y = 0; y < rows; y++)
                    snug_rows_back(
                        &r, &finisher,
                        sums + (p - panel) * SNUG_ROWS_POINTS * r.sum_point + (ptrdiff_t)y * r.tiles * 16,
                        top + y, lanes, bias + p * 16, residual ? residual + p * groups.other_group : NULL,
                        output + p * groups.out_group);
            }
        }
    }
}

#endif
