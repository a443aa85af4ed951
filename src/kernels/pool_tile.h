/* pool_tile.h - the windows that networks have (3x3 at strides 1 and 2, 2x2 at stride 2) where the channels
 * of a pixel lie together: seven outputs of a row at a time, columns first.
 *
 *     rows of the window     0 1 2 3 4 5 6 7 8     every pixel is loaded once per row of the window ...
 *                            0 1 2 3 4 5 6 7 8
 *     columns combined       \|/ \|/ \|/           ... and every column combined once
 *     outputs                 0 1 2 3 4 5 6
 *
 * What lies outside of the map is left out, by branches that are predicted: a border is no slower. */
#ifndef SNUG_POOL_TILE_H
#define SNUG_POOL_TILE_H

#include "pool_window.h"

#define SNUG_POOL_OUTPUTS 7

/* Columns begin ... end - 1 of the tile lie inside the map, of the window `rows` rows. factors: what the sum
 * of an output is multiplied with. */
typedef struct snug_pool_tile {
    ptrdiff_t pixel, row, out_pixel; /* pixel and row: of the input, from tap to tap */
    int32_t outputs, begin, end, rows;
    snug_some lanes;
    float factors[SNUG_POOL_OUTPUTS];
} snug_pool_tile;

#define SNUG_POOL_COLUMN(j, COMBINE)      \
    if ((j) >= end)                       \
        continue; /* with the next row */ \
    v##j = COMBINE(SNUG_POOL_GET(p + (j) * pixel), v##j);
/* The first columns may lie left of the map; the second one right of it, too. */
#define SNUG_POOL_LEFT(j, COMBINE) \
    if ((j) >= begin && (j) < end) \
        v##j = COMBINE(SNUG_POOL_GET(p + (j) * pixel), v##j);

#define SNUG_POOL_COLUMNS_9(C) \
    SNUG_POOL_COLUMN(2, C)     \
    SNUG_POOL_COLUMN(3, C)     \
    SNUG_POOL_COLUMN(4, C)     \
    SNUG_POOL_COLUMN(5, C) SNUG_POOL_COLUMN(6, C) SNUG_POOL_COLUMN(7, C) SNUG_POOL_COLUMN(8, C)
#define SNUG_POOL_COLUMNS_14(C) \
    SNUG_POOL_COLUMNS_9(C)      \
    SNUG_POOL_COLUMN(9, C)      \
    SNUG_POOL_COLUMN(10, C) SNUG_POOL_COLUMN(11, C) SNUG_POOL_COLUMN(12, C) SNUG_POOL_COLUMN(13, C)
#define SNUG_POOL_COLUMNS_15(C) SNUG_POOL_COLUMNS_14(C) SNUG_POOL_COLUMN(14, C)

/* Output i from its columns, for max pooling and for sums. */
#define SNUG_POOL_OUT(i, value) \
    if ((i) < t->outputs)       \
        SNUG_POOL_PUT(out + (i) * t->out_pixel, value);
#define SNUG_POOL_MAX_2(i, a, b) SNUG_POOL_OUT(i, snug_max_or_nan(a, b))
#define SNUG_POOL_MAX_3(i, a, b, c) SNUG_POOL_OUT(i, snug_max_or_nan(snug_max_or_nan(a, b), c))
#define SNUG_POOL_SUM_2(i, a, b) SNUG_POOL_OUT(i, snug_mul(snug_add(a, b), snug_set1(t->factors[i])))
#define SNUG_POOL_SUM_3(i, a, b, c) \
    SNUG_POOL_OUT(i, snug_mul(snug_add(snug_add(a, b), c), snug_set1(t->factors[i])))

#define SNUG_POOL_ALONG_3_1(OUT)                                                                \
    OUT##_3(0, v0, v1, v2) OUT##_3(1, v1, v2, v3) OUT##_3(2, v2, v3, v4) OUT##_3(3, v3, v4, v5) \
        OUT##_3(4, v4, v5, v6) OUT##_3(5, v5, v6, v7) OUT##_3(6, v6, v7, v8)
#define SNUG_POOL_ALONG_3_2(OUT)                                                                \
    OUT##_3(0, v0, v1, v2) OUT##_3(1, v2, v3, v4) OUT##_3(2, v4, v5, v6) OUT##_3(3, v6, v7, v8) \
        OUT##_3(4, v8, v9, v10) OUT##_3(5, v10, v11, v12) OUT##_3(6, v12, v13, v14)
#define SNUG_POOL_ALONG_2_2(OUT)                                                                   \
    OUT##_2(0, v0, v1) OUT##_2(1, v2, v3) OUT##_2(2, v4, v5) OUT##_2(3, v6, v7) OUT##_2(4, v8, v9) \
        OUT##_2(5, v10, v11) OUT##_2(6, v12, v13)

/* One tile. Output 0's window begins at p; it may lie outside of the map. */
#define SNUG_POOL_FUNCTION(name, COMBINE, neutral, COLUMNS, ALONG, OUT, PIXEL)                           \
    static SNUG_NOINLINE void name(const snug_pool_tile *t, const float *p, float *out)                  \
    {                                                                                                    \
        const snug_some lanes = t->lanes;                                                                \
        (void)lanes;                                                                                     \
        const ptrdiff_t pixel = PIXEL, row = t->row;                                                     \
        const int32_t begin = t->begin, end = t->end;                                                    \
        const snug_vec none = snug_set1(neutral);                                                        \
        snug_vec v0 = none, v1 = none, v2 = none, v3 = none, v4 = none, v5 = none, v6 = none, v7 = none; \
        snug_vec v8 = none, v9 = none, v10 = none, v11 = none, v12 = none, v13 = none, v14 = none;       \
        SNUG_NO_UNROLL                                                                                   \
        for (int32_t rows = t->rows; rows > 0; rows--, p += row) {                                       \
            SNUG_POOL_LEFT(0, COMBINE)                                                                   \
            SNUG_POOL_LEFT(1, COMBINE)                                                                   \
            COLUMNS(COMBINE)                                                                             \
        }                                                                                                \
        ALONG(OUT)                                                                                       \
        (void)v9, (void)v10, (void)v11, (void)v12, (void)v13, (void)v14;                                 \
    }

typedef void snug_pool_function(const snug_pool_tile *t, const float *p, float *out);

/* All functions of one kind: layout, or parts of vectors; and which of them serves a layer; NULL: none does.
 */
#define SNUG_POOL_FUNCTIONS(layout, PIXEL)                                                            \
    SNUG_POOL_FUNCTION(snug_max_3_1_##layout, snug_max_or_nan, -HUGE_VALF, SNUG_POOL_COLUMNS_9,       \
                       SNUG_POOL_ALONG_3_1, SNUG_POOL_MAX, PIXEL)                                     \
    SNUG_POOL_FUNCTION(snug_max_3_2_##layout, snug_max_or_nan, -HUGE_VALF, SNUG_POOL_COLUMNS_15,      \
                       SNUG_POOL_ALONG_3_2, SNUG_POOL_MAX, PIXEL)                                     \
    SNUG_POOL_FUNCTION(snug_max_2_2_##layout, snug_max_or_nan, -HUGE_VALF, SNUG_POOL_COLUMNS_14,      \
                       SNUG_POOL_ALONG_2_2, SNUG_POOL_MAX, PIXEL)                                     \
    SNUG_POOL_FUNCTION(snug_sum_3_1_##layout, snug_add, 0, SNUG_POOL_COLUMNS_9, SNUG_POOL_ALONG_3_1,  \
                       SNUG_POOL_SUM, PIXEL)                                                          \
    SNUG_POOL_FUNCTION(snug_sum_3_2_##layout, snug_add, 0, SNUG_POOL_COLUMNS_15, SNUG_POOL_ALONG_3_2, \
                       SNUG_POOL_SUM, PIXEL)                                                          \
    SNUG_POOL_FUNCTION(snug_sum_2_2_##layout, snug_add, 0, SNUG_POOL_COLUMNS_14, SNUG_POOL_ALONG_2_2, \
                       SNUG_POOL_SUM, PIXEL)                                                          \
    static inline snug_pool_function *snug_pool_for_##layout(const snug_layer *l, int32_t kind)       \
    {                                                                                                 \
        if (l->dilation_x != 1 || l->pad_left > 1)                                                    \
            return NULL;                                                                              \
        if (l->kernel_width == 3 && l->stride_x == 1)                                                 \
            return kind == SNUG_MAX ? snug_max_3_1_##layout : snug_sum_3_1_##layout;                  \
        if (l->kernel_width == 3 && l->stride_x == 2)                                                 \
            return kind == SNUG_MAX ? snug_max_3_2_##layout : snug_sum_3_2_##layout;                  \
        if (l->kernel_width == 2 && l->stride_x == 2)                                                 \
            return kind == SNUG_MAX ? snug_max_2_2_##layout : snug_sum_2_2_##layout;                  \
        return NULL;                                                                                  \
    }

/* Whole vectors of channels, and the first lanes of a vector. */
#define SNUG_POOL_GET(p) snug_load(p)
#define SNUG_POOL_PUT(p, v) snug_store(p, v)
SNUG_POOL_FUNCTIONS(c16, 16)
SNUG_POOL_FUNCTIONS(hwc, t->pixel)
#undef SNUG_POOL_GET
#undef SNUG_POOL_PUT
#define SNUG_POOL_GET(p) snug_load_lanes(p, lanes)
#define SNUG_POOL_PUT(p, v) snug_store_lanes(p, v, lanes)
SNUG_POOL_FUNCTIONS(some, t->pixel)
#undef SNUG_POOL_GET
#undef SNUG_POOL_PUT

/* One row of outputs, `channels` together at every pixel; window: its rows. */
static inline void snug_pool_row(const snug_layer *l, snug_pool_function *tile, int32_t kind,
                                 snug_window rows, int32_t channels, const float *input, float *output)
{
    const int32_t tiles = (l->out_width + SNUG_POOL_OUTPUTS - 1) / SNUG_POOL_OUTPUTS;
    const int32_t width = (l->out_width + tiles - 1) / tiles;
    const float *row = input + (ptrdiff_t)rows.begin * l->in_row;
    snug_pool_tile t;
    t.pixel = l->in_pixel;
    t.row = (ptrdiff_t)l->dilation_y * l->in_row;
    t.out_pixel = l->out_pixel;
    t.rows = rows.end - rows.first;
    for (int32_t x = 0; x < l->out_width; x += width) {
        const int32_t left = x * l->stride_x - l->pad_left;
        t.outputs = l->out_width - x < width ? l->out_width - x : width;
        t.begin = -left;
        t.end = (t.outputs - 1) * l->stride_x + l->kernel_width;
        if (t.end > l->in_width - left)
            t.end = l->in_width - left;
        if (kind != SNUG_MAX)
            for (int32_t i = 0; i < t.outputs; i++)
                t.factors[i] = snug_pool_factor(l, kind, rows, snug_window_columns(l, x + i));
        for (int32_t c = 0; c < channels; c += SNUG_VL) {
            const int32_t rest = channels - c;
            t.lanes = snug_lanes(rest < SNUG_VL ? rest : SNUG_VL);
            (rest < SNUG_VL ? snug_pool_for_some(l, kind) : tile)(&t, row + left * t.pixel + c,
                                                                  output + x * t.out_pixel + c);
        }
    }
}

#endif
