/* depthwise.h - every channel convolved with its own kernel, where the channels of a pixel lie together (c16,
 * hwc): a vector holds channels. 3x3 at strides 1 and 2 goes column by column (depthwise_columns.h); this is
 * what every other kernel does.
 *
 *     input row    j = 0 1 2 3 4 5 6 7 8 9 10    every pixel is loaded once per kernel row and
 *                      \\\|///                  multiplied into all the outputs that it belongs to
 *     outputs      i =  0 1 2 3 4 5 6
 *
 * Seven outputs of a row are summed at a time: extents of maps are multiples of 7 more often than not, and
 * with the weights of a kernel row they fit 16 registers. For each kernel row a pixel is one load for up to
 * kernel_width multiply-adds: on machines that load no more vectors than they multiply, one load per
 * multiply-add would halve the speed. Kernel rows outside of the map are left out, and so are pixels:
 * branches that are predicted cost less than a path of their own for borders, which on 7x7 maps would be
 * most of the work. 5x5 at strides 1 and 2 has such tiles; every other kernel loads a pixel per multiply-add.
 */
#ifndef SNUG_DEPTHWISE_H
#define SNUG_DEPTHWISE_H

#include "conv_regions.h"
#include "depthwise_columns.h"

#define SNUG_DEPTHWISE_OUTPUTS 7

/* What all tiles of a layer share. */
typedef struct snug_depthwise {
    ptrdiff_t pixel, row; /* of the input, from tap to tap */
    ptrdiff_t weights_row, add_pixel, out_pixel;
    snug_some lanes;
    int32_t limits;
    float low, high;
    int32_t kernel_width, dilation, stride, in_width; /* for the kernels that have no tile of their own */
} snug_depthwise;

/* Pixels begin ... end - 1 of a tile lie inside the map, of the kernel `rows` rows. */
typedef struct snug_depthwise_tile {
    int32_t outputs, begin, end, rows;
} snug_depthwise_tile;

#define SNUG_DEPTHWISE_FMA(i, k) c##i = snug_fma(w##k, x, c##i);
#define SNUG_DEPTHWISE_LOAD(j, FMAS)                      \
    {                                                     \
        snug_vec x = SNUG_DEPTHWISE_GET(p + (j) * pixel); \
        SNUG_KEEP(x);                                     \
        FMAS                                              \
    }
#define SNUG_DEPTHWISE_PIXEL(j, FMAS)              \
    if ((j) >= end)                                \
        continue; /* with the kernel's next row */ \
    SNUG_DEPTHWISE_LOAD(j, FMAS)
/* The first pixels may lie left of the map; and right of it, in a tile of one output. */
#define SNUG_DEPTHWISE_LEFT(j, FMAS) \
    if ((j) >= begin && (j) < end)   \
    SNUG_DEPTHWISE_LOAD(j, FMAS)

#define SNUG_DEPTHWISE_WEIGHTS_5                                                     \
    const snug_vec w0 = SNUG_DEPTHWISE_GET(w), w1 = SNUG_DEPTHWISE_GET(w + 16),      \
                   w2 = SNUG_DEPTHWISE_GET(w + 32), w3 = SNUG_DEPTHWISE_GET(w + 48), \
                   w4 = SNUG_DEPTHWISE_GET(w + 64);

/* Pixel j is tap k of output i where j = i * stride + k. */
#define F SNUG_DEPTHWISE_FMA
#define L SNUG_DEPTHWISE_LEFT
#define P SNUG_DEPTHWISE_PIXEL
/* clang-format finds no layout of these lists that it keeps. */
/* clang-format off */
#define SNUG_DEPTHWISE_TAPS_5_1                                                                   \
    L(0, F(0, 0))                                                                                 \
    L(1, F(0, 1) F(1, 0))                                                                         \
    L(2, F(0, 2) F(1, 1) F(2, 0))                                                                 \
    L(3, F(0, 3) F(1, 2) F(2, 1) F(3, 0))                                                         \
    P(4, F(0, 4) F(1, 3) F(2, 2) F(3, 1) F(4, 0))                                                 \
    P(5, F(1, 4) F(2, 3) F(3, 2) F(4, 1) F(5, 0)) P(6, F(2, 4) F(3, 3) F(4, 2) F(5, 1) F(6, 0))   \
        P(7, F(3, 4) F(4, 3) F(5, 2) F(6, 1)) P(8, F(4, 4) F(5, 3) F(6, 2)) P(9, F(5, 4) F(6, 3)) \
            P(10, F(6, 4))
#define SNUG_DEPTHWISE_TAPS_5_2                                                                             \
    L(0, F(0, 0))                                                                                           \
    L(1, F(0, 1))                                                                                           \
    L(2, F(0, 2) F(1, 0))                                                                                   \
    L(3, F(0, 3) F(1, 1))                                                                                   \
    P(4, F(0, 4) F(1, 2) F(2, 0))                                                                           \
    P(5, F(1, 3) F(2, 1)) P(6, F(1, 4) F(2, 2) F(3, 0)) P(7, F(2, 3) F(3, 1)) P(8, F(2, 4) F(3, 2) F(4, 0)) \
        P(9, F(3, 3) F(4, 1)) P(10, F(3, 4) F(4, 2) F(5, 0)) P(11, F(4, 3) F(5, 1))                         \
            P(12, F(4, 4) F(5, 2) F(6, 0)) P(13, F(5, 3) F(6, 1)) P(14, F(5, 4) F(6, 2)) P(15, F(6, 3))     \
                P(16, F(6, 4))
/* clang-format on */
#define SNUG_DEPTHWISE_ROW_5_1 SNUG_DEPTHWISE_WEIGHTS_5 SNUG_DEPTHWISE_TAPS_5_1
#define SNUG_DEPTHWISE_ROW_5_2 SNUG_DEPTHWISE_WEIGHTS_5 SNUG_DEPTHWISE_TAPS_5_2

/* Any kernel: a tap is multiplied into those outputs whose pixel lies inside the map. */
#define SNUG_DEPTHWISE_ONE(i)                                 \
    if ((uint32_t)(x + (i) * stride) < (uint32_t)d->in_width) \
        c##i = snug_fma(w0, SNUG_DEPTHWISE_GET(tap + (i) * step), c##i);
#define SNUG_DEPTHWISE_ROW_any                                                                  \
    (void)end;                                                                                  \
    const int32_t stride = d->stride;                                                           \
    const ptrdiff_t step = stride * pixel;                                                      \
    SNUG_NO_UNROLL                                                                              \
    for (int32_t kx = 0; kx < d->kernel_width; kx++) {                                          \
        const int32_t x = kx * d->dilation - begin;                                             \
        const float *tap = p + (ptrdiff_t)kx * d->dilation * pixel;                             \
        const snug_vec w0 = SNUG_DEPTHWISE_GET(w + (ptrdiff_t)kx * 16);                         \
        SNUG_DEPTHWISE_ONE(0)                                                                   \
        SNUG_DEPTHWISE_ONE(1)                                                                   \
        SNUG_DEPTHWISE_ONE(2)                                                                   \
        SNUG_DEPTHWISE_ONE(3) SNUG_DEPTHWISE_ONE(4) SNUG_DEPTHWISE_ONE(5) SNUG_DEPTHWISE_ONE(6) \
    }

#define SNUG_DEPTHWISE_ADD(i) \
    if (i < outputs)          \
        c##i = snug_add(c##i, SNUG_DEPTHWISE_GET(add + (i) * step));
#define SNUG_DEPTHWISE_CLAMP(i) c##i = snug_min(high, snug_max(low, c##i));
#define SNUG_DEPTHWISE_STORE(i) \
    if (i < outputs)            \
        SNUG_DEPTHWISE_PUT(out + (i) * step, c##i);
#define SNUG_DEPTHWISE_ALL(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)

/* One tile. The taps of output 0 begin at input; pixels begin ... end - 1 of the tile lie inside the map, and
 * `rows` rows of the kernel from weights on. add: NULL, or the residual. */
#define SNUG_DEPTHWISE_FUNCTION(taps, kind, PIXEL)                                                   \
    static SNUG_NOINLINE void snug_depthwise_##taps##_##kind(                                        \
        const snug_depthwise *d, const snug_depthwise_tile *t, const float *p, const float *w,       \
        const float *bias, const float *add, float *out)                                             \
    {                                                                                                \
        const snug_some lanes = d->lanes;                                                            \
        (void)lanes;                                                                                 \
        const ptrdiff_t pixel = PIXEL, row = d->row, weights_row = d->weights_row;                   \
        const int32_t begin = t->begin, end = t->end;                                                \
        const snug_vec start = SNUG_DEPTHWISE_GET(bias);                                             \
        snug_vec c0 = start, c1 = start, c2 = start, c3 = start, c4 = start, c5 = start, c6 = start; \
        SNUG_NO_UNROLL                                                                               \
        for (int32_t rows = t->rows; rows > 0; rows--, p += row, w += weights_row) {                 \
            SNUG_DEPTHWISE_ROW_##taps                                                                \
        }                                                                                            \
        const int32_t outputs = t->outputs;                                                          \
        if (add) {                                                                                   \
            const ptrdiff_t step = d->add_pixel;                                                     \
            SNUG_DEPTHWISE_ALL(SNUG_DEPTHWISE_ADD)                                                   \
        }                                                                                            \
        if (d->limits) {                                                                             \
            const snug_vec low = snug_set1(d->low), high = snug_set1(d->high);                       \
            SNUG_DEPTHWISE_ALL(SNUG_DEPTHWISE_CLAMP)                                                 \
        }                                                                                            \
        const ptrdiff_t step = d->out_pixel;                                                         \
        SNUG_DEPTHWISE_ALL(SNUG_DEPTHWISE_STORE)                                                     \
    }

#define SNUG_DEPTHWISE_FUNCTIONS(kind, PIXEL)                                                  \
    SNUG_DEPTHWISE_FUNCTION(5_1, kind, PIXEL)                                                  \
    SNUG_DEPTHWISE_FUNCTION(5_2, kind, PIXEL)                                                  \
    SNUG_DEPTHWISE_FUNCTION(any, kind, PIXEL)                                                  \
    static inline snug_depthwise_function *snug_depthwise_for_##kind(const snug_layer *l)      \
    {                                                                                          \
        if (l->kernel_width == 5 && l->dilation_x == 1 && l->pad_left < 5 && l->stride_x <= 2) \
            return l->stride_x == 1 ? snug_depthwise_5_1_##kind : snug_depthwise_5_2_##kind;   \
        return snug_depthwise_any_##kind;                                                      \
    }

typedef void snug_depthwise_function(const snug_depthwise *d, const snug_depthwise_tile *t, const float *p,
                                     const float *w, const float *bias, const float *add, float *out);

/* Whole vectors of channels, and the first lanes of a vector. */
#define SNUG_DEPTHWISE_GET(p) snug_load(p)
#define SNUG_DEPTHWISE_PUT(p, v) snug_store(p, v)
SNUG_DEPTHWISE_FUNCTIONS(c16, 16)
SNUG_DEPTHWISE_FUNCTIONS(hwc, d->pixel)
#undef SNUG_DEPTHWISE_GET
#undef SNUG_DEPTHWISE_PUT
#define SNUG_DEPTHWISE_GET(p) snug_load_lanes(p, lanes)
#define SNUG_DEPTHWISE_PUT(p, v) snug_store_lanes(p, v, lanes)
SNUG_DEPTHWISE_FUNCTIONS(some, d->pixel)
#undef SNUG_DEPTHWISE_GET
#undef SNUG_DEPTHWISE_PUT

#undef F
#undef L
#undef P

/* How a layer is computed. */
typedef struct snug_depthwise_plan {
    int32_t by_columns;
    snug_columns columns;
    snug_depthwise tiles;
    snug_depthwise_function *whole, *some; /* vectors */
} snug_depthwise_plan;

static inline snug_depthwise_plan snug_depthwise_plan_of(const snug_layer *l, snug_depthwise_function *whole,
                                                         snug_depthwise_function *some)
{
    const snug_depthwise tiles = {l->in_pixel,
                                  (ptrdiff_t)l->dilation_y * l->in_row,
                                  (ptrdiff_t)l->kernel_width * 16,
                                  l->other_pixel,
                                  l->out_pixel,
                                  snug_lanes(SNUG_VL),
                                  snug_has_limits(l),
                                  snug_low(l),
                                  snug_high(l),
                                  l->kernel_width,
                                  l->dilation_x,
                                  l->stride_x,
                                  l->in_width};
    const snug_depthwise_plan plan = {snug_columns_serve(l), snug_columns_of(l), tiles, whole, some};
    return plan;
}
static inline snug_depthwise_plan snug_depthwise_c16(const snug_layer *l)
{
    return snug_depthwise_plan_of(l, snug_depthwise_for_c16(l), NULL);
}
static inline snug_depthwise_plan snug_depthwise_hwc(const snug_layer *l)
{
    return snug_depthwise_plan_of(l, snug_depthwise_for_hwc(l), snug_depthwise_for_some(l));
}

/* Output rows [top, bottom) of one vector of channels. weights: taps x 16. */
static inline void snug_depthwise_vector(const snug_layer *l, const snug_depthwise *d,
                                         snug_depthwise_function *tile, int32_t top, int32_t bottom,
                                         const float *input, const float *weights, const float *bias,
                                         const float *residual, float *output)
{
    const snug_axis axis = snug_axis_y(l);
    const int32_t tiles = (l->out_width + SNUG_DEPTHWISE_OUTPUTS - 1) / SNUG_DEPTHWISE_OUTPUTS;
    const int32_t width = (l->out_width + tiles - 1) / tiles;
    for (int32_t y = top; y < bottom; y++) {
        snug_depthwise_tile t;
        int32_t first, last;
        snug_valid_taps(&axis, y, &first, &last);
        t.rows = last - first;
        const float *row = input + (y * l->stride_y - l->pad_top) * (ptrdiff_t)l->in_row + first * d->row;
        const float *w = weights + first * d->weights_row;
        for (int32_t x = 0; x < l->out_width; x += width) {
            const int32_t left = x * l->stride_x - l->pad_left;
            t.outputs = l->out_width - x < width ? l->out_width - x : width;
            t.begin = -left;
            t.end = (t.outputs - 1) * l->stride_x + l->kernel_width;
            if (t.end > l->in_width - left)
                t.end = l->in_width - left;
            tile(d, &t, row + left * d->pixel, w, bias,
                 residual ? residual + (ptrdiff_t)y * l->other_row + (ptrdiff_t)x * l->other_pixel : NULL,
                 output + (ptrdiff_t)y * l->out_row + (ptrdiff_t)x * l->out_pixel);
        }
    }
}

/* Output rows [top, bottom) of up to 16 channels: one block of c16, or as many of hwc. */
static inline void snug_depthwise_block(const snug_layer *l, const snug_depthwise_plan *plan, int32_t top,
                                        int32_t bottom, int32_t channels, const float *input,
                                        const float *weights, const float *bias, const float *residual,
                                        float *output)
{
    for (int32_t c = 0; c < channels; c += SNUG_VL) {
        const int32_t some = channels - c < SNUG_VL ? channels - c : 0;
        const float *add = residual ? residual + c : NULL;
        if (plan->by_columns) {
            snug_columns_vector(l, &plan->columns, top, bottom, some, input + c, weights + c, bias + c, add,
                                output + c);
            continue;
        }
        snug_depthwise tiles = plan->tiles;
        if (some)
            tiles.lanes = snug_lanes(some);
        snug_depthwise_vector(l, &tiles, some ? plan->some : plan->whole, top, bottom, input + c, weights + c,
                              bias + c, add, output + c);
    }
    if (!snug_only_limits(l))
        for (int32_t y = top; y < bottom; y++)
            snug_activate_rows(l, l->out_width, channels, output + (ptrdiff_t)y * l->out_row, l->out_pixel);
}

#endif
