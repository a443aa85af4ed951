/* depthwise_columns.h - depthwise 3x3 convolutions at strides 1 and 2, where the channels of a pixel lie
 * together (c16, hwc): up to four output rows at a time, column after column.
 *
 *     input column j      is loaded once, six pixels for four output rows at stride 1, and multiplied into
 *        . . x . .        output columns j - 1, j and j + 1, whose sums a, b, c stay in registers; then a is
 *        . . x . .        finished and stored, and b becomes a, c becomes b: a copy of registers costs a
 *        . . x . .        processor that renames them nothing.
 *        . . x . .
 *        . . x . .        The nine weights stay in registers throughout.
 *        . . x . .
 *
 * So a border is a condition on whole rows of taps, or columns left out at the beginning and the end: nothing
 * is multiplied with padding, and no tile is a part of one. Where 32 registers hold it all, a column's pixels
 * are loaded before the last column's sums are stored: a load whose address agrees with that of an earlier
 * store in its last 12 bits waits for that store. */
#ifndef SNUG_DEPTHWISE_COLUMNS_H
#define SNUG_DEPTHWISE_COLUMNS_H

#include "epilogue.h"

#if SNUG_VL == 16 || defined(__aarch64__)
#define SNUG_COLUMNS_ROWS 4
#define SNUG_COLUMNS_AHEAD 1
#else
#define SNUG_COLUMNS_ROWS 3
#define SNUG_COLUMNS_AHEAD 0
#endif

/* What all rows of a layer share. */
typedef struct snug_columns {
    ptrdiff_t pixel, row; /* of the input */
    ptrdiff_t add_pixel, add_row, out_pixel, out_row;
    int32_t width;    /* output columns */
    int32_t left_pad; /* 0 or 1 */
    int32_t right;    /* whether the last input column that the last output reads exists */
    snug_some lanes;
    int32_t limits; /* see snug_limits */
    float low, high;
} snug_columns;

/* Whether a layer is one for this file: the middle tap of every output lies inside the map. */
static inline int snug_columns_serve(const snug_layer *l)
{
    const int32_t s = l->stride_x;
    return l->kernel_height == 3 && l->kernel_width == 3 && l->stride_y == s && s <= 2 &&
           l->dilation_y == 1 && l->dilation_x == 1 && l->pad_top >= 0 && l->pad_top <= 1 &&
           l->pad_left >= 0 && l->pad_left <= 1 && l->out_width >= 2 &&
           (l->out_height - 1) * s + 1 - l->pad_top < l->in_height &&
           (l->out_width - 1) * s + 1 - l->pad_left < l->in_width;
}

static inline snug_columns snug_columns_of(const snug_layer *l)
{
    snug_columns columns;
    columns.pixel = l->in_pixel;
    columns.row = l->in_row;
    columns.add_pixel = l->other_pixel;
    columns.add_row = l->other_row;
    columns.out_pixel = l->out_pixel;
    columns.out_row = l->out_row;
    columns.width = l->out_width;
    columns.left_pad = l->pad_left;
    columns.right = (l->out_width - 1) * l->stride_x + 2 - l->pad_left < l->in_width;
    columns.lanes = snug_lanes(SNUG_VL);
    columns.limits = snug_limits(l);
    columns.low = snug_low(l);
    columns.high = snug_high(l);
    return columns;
}

/* Output rows to compute at once where `rest` are left: even parts. */
static inline int32_t snug_columns_rows(int32_t rest)
{
    const int32_t parts = (rest + SNUG_COLUMNS_ROWS - 1) / SNUG_COLUMNS_ROWS;
    return (rest + parts - 1) / parts;
}

/* Pixel (row i) of a column: loaded ahead as x0, x1, ..., or from memory when it is needed. */
#define SNUG_COLUMN_LOADED(i) SNUG_COLUMN_LOAD(p + (i) * row)
#if SNUG_COLUMNS_AHEAD
#define SNUG_COLUMN_PIXEL(i) x##i
#define SNUG_COLUMN_AHEAD(i) x##i = SNUG_COLUMN_LOADED(i);
#define SNUG_COLUMN_DECLARE(i) snug_vec x##i = start;
#else
#define SNUG_COLUMN_PIXEL SNUG_COLUMN_LOADED
#define SNUG_COLUMN_AHEAD(i)
#define SNUG_COLUMN_DECLARE(i)
#endif
#define SNUG_COLUMN_AHEAD_TOP(i) \
    if (top) {                   \
        SNUG_COLUMN_AHEAD(i)     \
    }
#define SNUG_COLUMN_AHEAD_BOTTOM(i) \
    if (bottom) {                   \
        SNUG_COLUMN_AHEAD(i)        \
    }

/* Tap (k, .) of output row r. At stride 1 a pixel belongs to the columns a, b and c; at stride 2 to the
 * middle of a, or to the right of a and the left of c. */
#define SNUG_COLUMN_A(r, k) a##r = snug_fma(w##k##2, x, a##r);
#define SNUG_COLUMN_B(r, k) b##r = snug_fma(w##k##1, x, b##r);
#define SNUG_COLUMN_C(r, k) c##r = snug_fma(w##k##0, x, c##r);
#define SNUG_COLUMN_AB(r, k) SNUG_COLUMN_A(r, k) SNUG_COLUMN_B(r, k)
#define SNUG_COLUMN_BC(r, k) SNUG_COLUMN_B(r, k) SNUG_COLUMN_C(r, k)
#define SNUG_COLUMN_ABC(r, k) SNUG_COLUMN_A(r, k) SNUG_COLUMN_BC(r, k)
#define SNUG_COLUMN_MIDDLE(r, k) a##r = snug_fma(w##k##1, x, a##r);
#define SNUG_COLUMN_AC(r, k) SNUG_COLUMN_A(r, k) SNUG_COLUMN_C(r, k)

#define SNUG_COLUMN_ROW(X, i, ...) \
    {                              \
        snug_vec x = X(i);         \
        SNUG_KEEP(x);              \
        __VA_ARGS__                \
    }
#define SNUG_COLUMN_TOP(X, i, ...) \
    if (top)                       \
    SNUG_COLUMN_ROW(X, i, __VA_ARGS__)
#define SNUG_COLUMN_BOTTOM(X, i, ...) \
    if (bottom)                       \
    SNUG_COLUMN_ROW(X, i, __VA_ARGS__)

/* All pixels of a column for 1 ... 4 output rows at stride 1 or 2, from X, by T into the sums. */
/* clang-format off */
#define T SNUG_COLUMN_TOP
#define R SNUG_COLUMN_ROW
#define B SNUG_COLUMN_BOTTOM
#define SNUG_COLUMN_1_1(X, F) T(X, 0, F(0, 0)) R(X, 1, F(0, 1)) B(X, 2, F(0, 2))
#define SNUG_COLUMN_1_2(X, F) \
    T(X, 0, F(0, 0)) R(X, 1, F(0, 1) F(1, 0)) R(X, 2, F(0, 2) F(1, 1)) B(X, 3, F(1, 2))
#define SNUG_COLUMN_1_3(X, F)                                                             \
    T(X, 0, F(0, 0)) R(X, 1, F(0, 1) F(1, 0)) R(X, 2, F(0, 2) F(1, 1) F(2, 0))            \
    R(X, 3, F(1, 2) F(2, 1)) B(X, 4, F(2, 2))
#define SNUG_COLUMN_1_4(X, F)                                                             \
    T(X, 0, F(0, 0)) R(X, 1, F(0, 1) F(1, 0)) R(X, 2, F(0, 2) F(1, 1) F(2, 0))            \
    R(X, 3, F(1, 2) F(2, 1) F(3, 0)) R(X, 4, F(2, 2) F(3, 1)) B(X, 5, F(3, 2))
#define SNUG_COLUMN_2_1 SNUG_COLUMN_1_1
#define SNUG_COLUMN_2_2(X, F)                                                             \
    T(X, 0, F(0, 0)) R(X, 1, F(0, 1)) R(X, 2, F(0, 2) F(1, 0)) R(X, 3, F(1, 1)) B(X, 4, F(1, 2))
#define SNUG_COLUMN_2_3(X, F)                                                             \
    T(X, 0, F(0, 0)) R(X, 1, F(0, 1)) R(X, 2, F(0, 2) F(1, 0)) R(X, 3, F(1, 1))           \
    R(X, 4, F(1, 2) F(2, 0)) R(X, 5, F(2, 1)) B(X, 6, F(2, 2))
#define SNUG_COLUMN_2_4(X, F)                                                             \
    T(X, 0, F(0, 0)) R(X, 1, F(0, 1)) R(X, 2, F(0, 2) F(1, 0)) R(X, 3, F(1, 1))           \
    R(X, 4, F(1, 2) F(2, 0)) R(X, 5, F(2, 1)) R(X, 6, F(2, 2) F(3, 0)) R(X, 7, F(3, 1)) B(X, 8, F(3, 2))
#define SNUG_COLUMN_PIXELS_1_1(T, M, B) T(0) M(1) B(2)
#define SNUG_COLUMN_PIXELS_1_2(T, M, B) T(0) M(1) M(2) B(3)
#define SNUG_COLUMN_PIXELS_1_3(T, M, B) T(0) M(1) M(2) M(3) B(4)
#define SNUG_COLUMN_PIXELS_1_4(T, M, B) T(0) M(1) M(2) M(3) M(4) B(5)
#define SNUG_COLUMN_PIXELS_2_1 SNUG_COLUMN_PIXELS_1_1
#define SNUG_COLUMN_PIXELS_2_2 SNUG_COLUMN_PIXELS_1_3
#define SNUG_COLUMN_PIXELS_2_3(T, M, B) T(0) M(1) M(2) M(3) M(4) M(5) B(6)
#define SNUG_COLUMN_PIXELS_2_4(T, M, B) T(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) B(8)
#define SNUG_COLUMN_OUTPUTS_1(DO) DO(0)
#define SNUG_COLUMN_OUTPUTS_2(DO) DO(0) DO(1)
#define SNUG_COLUMN_OUTPUTS_3(DO) DO(0) DO(1) DO(2)
#define SNUG_COLUMN_OUTPUTS_4(DO) DO(0) DO(1) DO(2) DO(3)
/* clang-format on */

#define SNUG_COLUMN_NEXT_PIXELS(stride, rows) \
    SNUG_COLUMN_PIXELS_##stride##_##rows(SNUG_COLUMN_AHEAD_TOP, SNUG_COLUMN_AHEAD, SNUG_COLUMN_AHEAD_BOTTOM)
#define SNUG_COLUMN_SUMS(r) snug_vec a##r = start, b##r = start, c##r = start;
#define SNUG_COLUMN_SUMS_2(r) snug_vec a##r = start, c##r = start;
#define SNUG_COLUMN_ADD(r) a##r = snug_add(a##r, SNUG_COLUMN_LOAD(add + (r) * add_row));
#define SNUG_COLUMN_AT_LEAST(r) a##r = snug_max(low, a##r);
#define SNUG_COLUMN_AT_MOST(r) a##r = snug_min(high, a##r);
#define SNUG_COLUMN_PUT(r) SNUG_COLUMN_STORE(out + (r) * out_row, a##r);
/* With AVX the next column's lines are fetched to be written: a column stores to a line in each row, and to
 * get hold of those takes longer than to compute what goes there. */
#if SNUG_VL >= 8
#define SNUG_COLUMN_FETCH(r) SNUG_PREFETCH_WRITE(out + (r) * out_row);
#else
#define SNUG_COLUMN_FETCH(r)
#endif
#define SNUG_COLUMN_ROTATE(r) \
    a##r = b##r;              \
    b##r = c##r;              \
    c##r = start;
#define SNUG_COLUMN_SHIFT(r) \
    a##r = c##r;             \
    c##r = start;

/* Stores a finished column. */
#define SNUG_COLUMN_FINISH(rows)                                         \
    if (add) {                                                           \
        SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_ADD) add += add_pixel;    \
    }                                                                    \
    if (limits) {                                                        \
        SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_AT_LEAST) if (limits > 1) \
        {                                                                \
            SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_AT_MOST)              \
        }                                                                \
    }                                                                    \
    SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_PUT) out += out_pixel;        \
    SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_FETCH)

#define SNUG_COLUMNS_BEGIN(kind, stride, rows)                                                             \
    static SNUG_NOINLINE void snug_columns_##kind##_##stride##_##rows(                                     \
        const snug_columns *d, int32_t top, int32_t bottom, const float *p, const float *w,                \
        const float *bias, const float *add, float *out)                                                   \
    {                                                                                                      \
        const snug_some lanes = d->lanes;                                                                  \
        const ptrdiff_t pixel = d->pixel, row = d->row, out_row = d->out_row, out_pixel = d->out_pixel,    \
                        add_row = d->add_row, add_pixel = d->add_pixel;                                    \
        const int32_t limits = d->limits;                                                                  \
        const snug_vec low = snug_set1(d->low), high = snug_set1(d->high), start = SNUG_COLUMN_LOAD(bias); \
        const snug_vec w00 = SNUG_COLUMN_LOAD(w), w01 = SNUG_COLUMN_LOAD(w + 16),                          \
                       w02 = SNUG_COLUMN_LOAD(w + 32), w10 = SNUG_COLUMN_LOAD(w + 48),                     \
                       w11 = SNUG_COLUMN_LOAD(w + 64), w12 = SNUG_COLUMN_LOAD(w + 80),                     \
                       w20 = SNUG_COLUMN_LOAD(w + 96), w21 = SNUG_COLUMN_LOAD(w + 112),                    \
                       w22 = SNUG_COLUMN_LOAD(w + 128);                                                    \
        SNUG_COLUMN_PIXELS_##stride##_##rows(SNUG_COLUMN_DECLARE, SNUG_COLUMN_DECLARE,                     \
                                             SNUG_COLUMN_DECLARE)(void) lanes;

/* 1 ... 4 output rows at stride 1: first the input columns that reach no output's right tap, then those that
 * finish an output each, of which the last ones begin none. */
#define SNUG_COLUMNS_1(kind, rows)                                                       \
    SNUG_COLUMNS_BEGIN(kind, 1, rows)                                                    \
    SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_SUMS) SNUG_COLUMN_NEXT_PIXELS(1, rows)        \
        SNUG_NO_UNROLL for (int32_t n = 2 - d->left_pad; n > 0; n--)                     \
    {                                                                                    \
        SNUG_COLUMN_1_##rows(SNUG_COLUMN_PIXEL, SNUG_COLUMN_BC) p += pixel;              \
        SNUG_COLUMN_NEXT_PIXELS(1, rows)                                                 \
        SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_ROTATE)                                   \
    }                                                                                    \
    SNUG_NO_UNROLL                                                                       \
    for (int32_t n = d->width - 2; n > 0; n--) {                                         \
        SNUG_COLUMN_1_##rows(SNUG_COLUMN_PIXEL, SNUG_COLUMN_ABC) p += pixel;             \
        SNUG_COLUMN_NEXT_PIXELS(1, rows)                                                 \
        SNUG_COLUMN_FINISH(rows)                                                         \
        SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_ROTATE)                                   \
    }                                                                                    \
    SNUG_COLUMN_1_##rows(SNUG_COLUMN_PIXEL, SNUG_COLUMN_AB) if (d->right)                \
    {                                                                                    \
        p += pixel;                                                                      \
        SNUG_COLUMN_NEXT_PIXELS(1, rows)                                                 \
    }                                                                                    \
    SNUG_COLUMN_FINISH(rows)                                                             \
    SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_ROTATE) if (d->right){                        \
        SNUG_COLUMN_1_##rows(SNUG_COLUMN_PIXEL, SNUG_COLUMN_A)} SNUG_COLUMN_FINISH(rows) \
    }

/* The same at stride 2: an output's middle column, and the one that it shares with its right neighbour. */
#define SNUG_COLUMNS_2(kind, rows)                                              \
    SNUG_COLUMNS_BEGIN(kind, 2, rows)                                           \
    SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_SUMS_2) if (d->left_pad == 0)        \
    {                                                                           \
        SNUG_COLUMN_2_##rows(SNUG_COLUMN_LOADED, SNUG_COLUMN_C) p += pixel;     \
        SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_SHIFT)                           \
    }                                                                           \
    SNUG_COLUMN_NEXT_PIXELS(2, rows)                                            \
    SNUG_NO_UNROLL                                                              \
    for (int32_t n = d->width - 1; n > 0; n--) {                                \
        SNUG_COLUMN_2_##rows(SNUG_COLUMN_PIXEL, SNUG_COLUMN_MIDDLE) p += pixel; \
        SNUG_COLUMN_2_##rows(SNUG_COLUMN_LOADED, SNUG_COLUMN_AC) p += pixel;    \
        SNUG_COLUMN_NEXT_PIXELS(2, rows)                                        \
        SNUG_COLUMN_FINISH(rows)                                                \
        SNUG_COLUMN_OUTPUTS_##rows(SNUG_COLUMN_SHIFT)                           \
    }                                                                           \
    SNUG_COLUMN_2_##rows(SNUG_COLUMN_PIXEL, SNUG_COLUMN_MIDDLE) if (d->right)   \
    {                                                                           \
        p += pixel;                                                             \
        SNUG_COLUMN_2_##rows(SNUG_COLUMN_LOADED, SNUG_COLUMN_A)                 \
    }                                                                           \
    SNUG_COLUMN_FINISH(rows)                                                    \
    }

/* top, bottom: whether the first and the last of the rows that the outputs read exist. p: the first row's
 * first pixel. w: taps x 16. add: NULL, or the residual. */
typedef void snug_columns_function(const snug_columns *d, int32_t top, int32_t bottom, const float *p,
                                   const float *w, const float *bias, const float *add, float *out);

#define SNUG_COLUMNS_ALL(kind)                                                                 \
    SNUG_COLUMNS_1(kind, 1)                                                                    \
    SNUG_COLUMNS_1(kind, 2)                                                                    \
    SNUG_COLUMNS_1(kind, 3)                                                                    \
    SNUG_COLUMNS_1(kind, 4)                                                                    \
    SNUG_COLUMNS_2(kind, 1)                                                                    \
    SNUG_COLUMNS_2(kind, 2)                                                                    \
    SNUG_COLUMNS_2(kind, 3)                                                                    \
    SNUG_COLUMNS_2(kind, 4)                                                                    \
    static inline snug_columns_function *snug_columns_for_##kind(int32_t stride, int32_t rows) \
    {                                                                                          \
        static snug_columns_function *const functions[2][4] = {                                \
            {snug_columns_##kind##_1_1, snug_columns_##kind##_1_2, snug_columns_##kind##_1_3,  \
             snug_columns_##kind##_1_4},                                                       \
            {snug_columns_##kind##_2_1, snug_columns_##kind##_2_2, snug_columns_##kind##_2_3,  \
             snug_columns_##kind##_2_4}};                                                      \
        return functions[stride - 1][rows - 1];                                                \
    }

/* Whole vectors of channels, and the first lanes of a vector. */
#define SNUG_COLUMN_LOAD(p) snug_load(p)
#define SNUG_COLUMN_STORE(p, v) snug_store(p, v)
/* cppcheck-suppress uselessAssignmentPtrArg */
SNUG_COLUMNS_ALL(whole)
#undef SNUG_COLUMN_LOAD
#undef SNUG_COLUMN_STORE
#define SNUG_COLUMN_LOAD(p) snug_load_lanes(p, lanes)
#define SNUG_COLUMN_STORE(p, v) snug_store_lanes(p, v, lanes)
/* cppcheck-suppress uselessAssignmentPtrArg */
SNUG_COLUMNS_ALL(some)
#undef SNUG_COLUMN_LOAD
#undef SNUG_COLUMN_STORE

#undef T
#undef R
#undef B

/* Output rows [first, last) of one vector of channels, or of the first `some` of them. */
static inline void snug_columns_vector(const snug_layer *l, const snug_columns *whole, int32_t first,
                                       int32_t last, int32_t some, const float *input, const float *weights,
                                       const float *bias, const float *residual, float *output)
{
    snug_columns columns = *whole;
    if (some)
        columns.lanes = snug_lanes(some);
    for (int32_t y = first; y < last;) {
        const int32_t rows = snug_columns_rows(last - y), above = y * l->stride_y - l->pad_top;
        snug_columns_function *const function =
            some ? snug_columns_for_some(l->stride_y, rows) : snug_columns_for_whole(l->stride_y, rows);
        function(&columns, above >= 0, above + (rows - 1) * l->stride_y + 2 < l->in_height,
                 input + (ptrdiff_t)above * l->in_row, weights, bias,
                 residual ? residual + (ptrdiff_t)y * l->other_row : NULL,
                 output + (ptrdiff_t)y * l->out_row);
        y += rows;
    }
}

#endif
