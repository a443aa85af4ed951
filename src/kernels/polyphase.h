/* polyphase.h - Winograd for 3x3 kernels of stride 2, on channel blocks. Define SNUG_POLYPHASE_OUTPUT as m
 * (2, 3 or 4), the outputs of a tile along an axis, before including it.
 *
 * Along an axis, output o reads the inputs 2o, 2o + 1, 2o + 2 (from the tile's first input on). Those at even
 * places, e, meet the kernel's taps 0 and 2 at a stride of 1: F(m, 2), m + 1 products for m outputs instead
 * of 2 m. Those at odd places, f, meet tap 1 alone and pass through, m products with one and the same weight:
 *
 *     y[o] = (w0 e[o] + w2 e[o+1]) + w1 f[o]          2 m + 1 products for m outputs instead of 3 m
 *
 * In two dimensions that is (2 m + 1)^2 products for m^2 outputs instead of 9 m^2: 1.44, 1.65 and 1.78 times
 * fewer for m = 2, 3, 4. There are m + 2 distinct weights along an axis, so (m + 2)^2 matrix products, of
 * which the ones with a pass have m or m^2 rows per tile.
 *
 * The points of F(m, 2) are the first m + 1 of 0, infinity, 1, -1, 2. A tile with fewer than m outputs, at
 * the right or lower edge, takes fewer points with the same weights, and no product is wasted (where a
 * point's weights hold a factor for the full tile, the input's transform makes up for it):
 *
 *     F(1, 2)  v = e0, e1                       y = M0 + M1
 *     F(2, 2)  v = e0 - e1, e2 - e1, e1         y = M0 + M2, M2 + M1
 *     F(3, 2)  v = e0 - e2, e3 - e1, (e1 + e2) / 2, (e2 - e1) / 2,
 *              y = M0 + M2 + M3, M2 - M3, M2 + M3 + M1
 *     F(4, 2)  v = (2 e0 - e1 - 2 e2 + e3) / 2, e4 - 2 e3 - e2 + 2 e1, (2 e1 + e2 - e3) / 2,
 *                  (3 e2 - 2 e1 - e3) / 6, (e3 - e1) / 6
 *              y = M0 + M2 + M3 + M4, M2 - M3 + 2 M4, M2 + M3 + 4 M4, M2 - M3 + 8 M4 + M1
 *
 * Winograd, Arithmetic Complexity of Computations, 1980, for F(m, r); the split into phases as in Yepez and
 * Ko, Stride 2 1-D, 2-D, and 3-D Winograd for Convolutional Neural Networks, 2020.
 *
 * Tiles go in blocks of layer->block, output channels in pairs of panels of 16. Workspace, for T tiles in a
 * block, C input channels rounded up to 16, in floats:
 *     inputs [(2 m + 1)^2 T][C]     products [2][(2 m + 1)^2 T][16]     places of products [T][(2 m + 1)^2]
 * and 16 floats after each of the (m + 2)^2 weights' rows of inputs and products, which keep them off the
 * same cache sets. */
#ifndef SNUG_POLYPHASE_H
#define SNUG_POLYPHASE_H

#include "point_products.h"

#define SNUG_POLYPHASE_SIDE (2 * SNUG_POLYPHASE_OUTPUT + 1)
#define SNUG_POLYPHASE_PRODUCTS (SNUG_POLYPHASE_SIDE * SNUG_POLYPHASE_SIDE)
#define SNUG_POLYPHASE_PASS (SNUG_POLYPHASE_OUTPUT + 1) /* the weight of the odd phase, after the points' */
#define SNUG_POLYPHASE_WEIGHTS (SNUG_POLYPHASE_OUTPUT + 2)
#define SNUG_POLYPHASE_GROUPS (SNUG_POLYPHASE_WEIGHTS * SNUG_POLYPHASE_WEIGHTS)

/* What the transformed input at the points 1 and -1 must make up for: the divisors in the weights. */
#define SNUG_POLYPHASE_AT_1 (SNUG_POLYPHASE_OUTPUT == 2 ? 1.0f : 2.0f)
#define SNUG_POLYPHASE_AT_MINUS_1 (SNUG_POLYPHASE_OUTPUT == 3 ? 2.0f : 6.0f)

/* Vectors come from from(0) ... and go to to(0, value) ...; d are even places and odd ones alternately. */
#define SNUG_TIMES_PLUS(factor, v, w) snug_fma(snug_set1(factor), v, w)
#define SNUG_POLYPHASE_IN_1(FROM, TO) TO(0, FROM(0)) TO(1, FROM(2)) TO(2, FROM(1))
#define SNUG_POLYPHASE_IN_2(FROM, TO)                         \
    const snug_vec e0 = FROM(0), e1 = FROM(2), e2 = FROM(4);  \
    TO(0, snug_sub(e0, e1))                                   \
    TO(1, snug_sub(e2, e1))                                   \
    TO(2, SNUG_POLYPHASE_OUTPUT == 2 ? e1 : snug_add(e1, e1)) \
    TO(3, FROM(1))                                            \
    TO(4, FROM(3))
#define SNUG_POLYPHASE_IN_3(FROM, TO)                                                      \
    const snug_vec e0 = FROM(0), e1 = FROM(2), e2 = FROM(4), e3 = FROM(6);                 \
    const snug_vec difference = snug_sub(e2, e1);                                          \
    TO(0, snug_sub(e0, e2))                                                                \
    TO(1, snug_sub(e3, e1))                                                                \
    TO(2, snug_add(e1, e2))                                                                \
    TO(3, SNUG_POLYPHASE_OUTPUT == 3 ? difference : snug_mul(snug_set1(3.0f), difference)) \
    TO(4, FROM(1))                                                                         \
    TO(5, FROM(3))                                                                         \
    TO(6, FROM(5))
#define SNUG_POLYPHASE_IN_4(FROM, TO)                                                    \
    const snug_vec e0 = FROM(0), e1 = FROM(2), e2 = FROM(4), e3 = FROM(6), e4 = FROM(8); \
    const snug_vec a = snug_sub(e3, e1), b = snug_sub(e2, e3);                           \
    TO(0, SNUG_TIMES_PLUS(0.5f, a, snug_sub(e0, e2)))                                    \
    TO(1, SNUG_TIMES_PLUS(-2.0f, a, snug_sub(e4, e2)))                                   \
    TO(2, SNUG_TIMES_PLUS(2.0f, e1, b))                                                  \
    TO(3, SNUG_TIMES_PLUS(2.0f, snug_sub(e2, e1), b))                                    \
    TO(4, a)                                                                             \
    TO(5, FROM(1))                                                                       \
    TO(6, FROM(3))                                                                       \
    TO(7, FROM(5))                                                                       \
    TO(8, FROM(7))

#define SNUG_POLYPHASE_OUT_1(FROM, TO) TO(0, snug_add(snug_add(FROM(0), FROM(1)), FROM(2)))
#define SNUG_POLYPHASE_OUT_2(FROM, TO)              \
    const snug_vec m2 = FROM(2);                    \
    TO(0, snug_add(snug_add(FROM(0), m2), FROM(3))) \
    TO(1, snug_add(snug_add(FROM(1), m2), FROM(4)))
#define SNUG_POLYPHASE_OUT_3(FROM, TO)               \
    const snug_vec m2 = FROM(2), m3 = FROM(3);       \
    const snug_vec sum = snug_add(m2, m3);           \
    TO(0, snug_add(snug_add(FROM(0), sum), FROM(4))) \
    TO(1, snug_add(snug_sub(m2, m3), FROM(5)))       \
    TO(2, snug_add(snug_add(FROM(1), sum), FROM(6)))
#define SNUG_POLYPHASE_OUT_4(FROM, TO)                                    \
    const snug_vec m2 = FROM(2), m3 = FROM(3), m4 = FROM(4);              \
    const snug_vec sum = snug_add(m2, m3), difference = snug_sub(m2, m3); \
    TO(0, snug_add(snug_add(FROM(0), m4), snug_add(sum, FROM(5))))        \
    TO(1, snug_add(SNUG_TIMES_PLUS(2.0f, m4, difference), FROM(6)))       \
    TO(2, snug_add(SNUG_TIMES_PLUS(4.0f, m4, sum), FROM(7)))              \
    TO(3, snug_add(SNUG_TIMES_PLUS(8.0f, m4, difference), snug_add(FROM(1), FROM(8))))

/* One tile: how many outputs it has, and where they begin. */
typedef struct snug_polyphase_tile {
    int32_t height, width, y, x;
} snug_polyphase_tile;

/* How many products of a tile of so many outputs along an axis have the weight. */
static inline int32_t snug_polyphase_count(int32_t outputs, int32_t weight)
{
    return weight == SNUG_POLYPHASE_PASS ? outputs : weight <= outputs;
}

static inline snug_polyphase_tile snug_polyphase_tile_at(const snug_layer *l, int32_t number, int32_t tiles_x)
{
    const int32_t y = number / tiles_x * SNUG_POLYPHASE_OUTPUT, x = number % tiles_x * SNUG_POLYPHASE_OUTPUT;
    const int32_t height = l->out_height - y, width = l->out_width - x;
    const snug_polyphase_tile tile = {height < SNUG_POLYPHASE_OUTPUT ? height : SNUG_POLYPHASE_OUTPUT,
                                      width < SNUG_POLYPHASE_OUTPUT ? width : SNUG_POLYPHASE_OUTPUT, y, x};
    return tile;
}

/* Where the rows of a pair of weights begin, rows being `floats` long: as if all tiles were full. */
static inline ptrdiff_t snug_polyphase_group(int32_t block, int32_t y, int32_t x, int32_t floats)
{
    const int32_t rows = y * SNUG_POLYPHASE_SIDE + x * snug_polyphase_count(SNUG_POLYPHASE_OUTPUT, y);
    return (ptrdiff_t)rows * block * floats + 16 * (y * SNUG_POLYPHASE_WEIGHTS + x);
}

/* Where each product of the tile lies, [SIDE][SIDE]: among the inputs, whose rows are `channels` long, and
 * among the products, whose rows are 16 long. The tile's rows come after those that `rows` counts for each
 * pair of weights, and are then counted too. */
static inline void snug_polyphase_places(const snug_polyphase_tile *tile, int32_t block, int32_t channels,
                                         int32_t *rows, ptrdiff_t *inputs, int32_t *products)
{
    for (int32_t y = 0; y <= 2 * tile->height; y++) {
        const int pass_y = y > tile->height;
        const int32_t weight_y = pass_y ? SNUG_POLYPHASE_PASS : y;
        for (int32_t x = 0; x <= 2 * tile->width; x++) {
            const int32_t weight_x = x > tile->width ? SNUG_POLYPHASE_PASS : x;
            int32_t *row = &rows[weight_y * SNUG_POLYPHASE_WEIGHTS + weight_x];
            inputs[y * SNUG_POLYPHASE_SIDE + x] =
                snug_polyphase_group(block, weight_y, weight_x, channels) + (ptrdiff_t)*row * channels;
            products[y * SNUG_POLYPHASE_SIDE + x] =
                (int32_t)snug_polyphase_group(block, weight_y, weight_x, 16) + *row * 16;
            ++*row;
        }
    }
}

#if SNUG_POLYPHASE_OUTPUT == 2
#define SNUG_POLYPHASE_SIZES(TRANSFORM)   \
    if (outputs == 1) {                   \
        TRANSFORM##_1(SNUG_FROM, SNUG_TO) \
    } else {                              \
        TRANSFORM##_2(SNUG_FROM, SNUG_TO) \
    }
#elif SNUG_POLYPHASE_OUTPUT == 3
#define SNUG_POLYPHASE_SIZES(TRANSFORM)   \
    if (outputs == 1) {                   \
        TRANSFORM##_1(SNUG_FROM, SNUG_TO) \
    } else if (outputs == 2) {            \
        TRANSFORM##_2(SNUG_FROM, SNUG_TO) \
    } else {                              \
        TRANSFORM##_3(SNUG_FROM, SNUG_TO) \
    }
#else
#define SNUG_POLYPHASE_SIZES(TRANSFORM)   \
    if (outputs == 1) {                   \
        TRANSFORM##_1(SNUG_FROM, SNUG_TO) \
    } else if (outputs == 2) {            \
        TRANSFORM##_2(SNUG_FROM, SNUG_TO) \
    } else if (outputs == 3) {            \
        TRANSFORM##_3(SNUG_FROM, SNUG_TO) \
    } else {                              \
        TRANSFORM##_4(SNUG_FROM, SNUG_TO) \
    }
#endif

/* Along y: a column of inputs to columns, whose rows are SIDE vectors. */
#define SNUG_FROM(i) snug_load(from + (i) * step)
#define SNUG_TO(i, value) snug_store(columns + (i) * SNUG_POLYPHASE_SIDE * SNUG_VL, value);
static inline void snug_polyphase_input_column(int32_t outputs, const float *from, ptrdiff_t step,
                                               float *columns)
{
    SNUG_POLYPHASE_SIZES(SNUG_POLYPHASE_IN)
}
#undef SNUG_FROM
#undef SNUG_TO

/* Along x: a row of vectors to its places. */
#define SNUG_FROM(i) snug_load(row + (i) * SNUG_VL)
#define SNUG_TO(i, value) snug_store(out + places[i], value);
static inline void snug_polyphase_input_row(int32_t outputs, const float *row, const ptrdiff_t *places,
                                            float *out)
{
    SNUG_POLYPHASE_SIZES(SNUG_POLYPHASE_IN)
}
#undef SNUG_FROM
#undef SNUG_TO

/* The inputs of a tile of which some rows lie outside of the map. */
static inline void snug_polyphase_patch(const snug_layer *l, const snug_polyphase_tile *tile, int32_t top,
                                        int32_t left, const float *from, float *patch)
{
    for (int32_t y = 0; y <= 2 * tile->height; y++)
        for (int32_t x = 0; x <= 2 * tile->width; x++) {
            const int inside =
                top + y >= 0 && top + y < l->in_height && left + x >= 0 && left + x < l->in_width;
            snug_store(patch + (y * SNUG_POLYPHASE_SIDE + x) * SNUG_VL,
                       inside ? snug_load(from + (ptrdiff_t)(top + y) * l->in_row +
                                          (ptrdiff_t)(left + x) * l->in_pixel)
                              : snug_set1(0.0f));
        }
}

/* The transformed inputs of a tile, all channels, to their places. Inputs outside of the map are zero. */
static inline void snug_polyphase_input(const snug_layer *l, const snug_polyphase_tile *tile,
                                        const float *input, const ptrdiff_t *places, float *transformed)
{
    float columns[SNUG_POLYPHASE_PRODUCTS * SNUG_VL], patch[SNUG_POLYPHASE_PRODUCTS * SNUG_VL];
    const int32_t top = 2 * tile->y - l->pad_top, left = 2 * tile->x - l->pad_left;
    const int whole_rows = top >= 0 && top + 2 * tile->height < l->in_height;
    for (int32_t group = 0; group * 16 < l->in_channels; group++)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
            const float *from = input + (ptrdiff_t)group * l->in_plane + lane;
            if (!whole_rows)
                snug_polyphase_patch(l, tile, top, left, from, patch);
            for (int32_t x = 0; x <= 2 * tile->width; x++) {
                float *column = columns + x * SNUG_VL;
                if (!whole_rows)
                    snug_polyphase_input_column(tile->height, patch + x * SNUG_VL,
                                                SNUG_POLYPHASE_SIDE * SNUG_VL, column);
                else if (left + x >= 0 && left + x < l->in_width)
                    snug_polyphase_input_column(
                        tile->height, from + (ptrdiff_t)top * l->in_row + (ptrdiff_t)(left + x) * l->in_pixel,
                        l->in_row, column);
                else
                    for (int32_t y = 0; y <= 2 * tile->height; y++)
                        snug_store(column + y * SNUG_POLYPHASE_SIDE * SNUG_VL, snug_set1(0.0f));
            }
            for (int32_t y = 0; y <= 2 * tile->height; y++)
                snug_polyphase_input_row(tile->width, columns + y * SNUG_POLYPHASE_SIDE * SNUG_VL,
                                         places + y * SNUG_POLYPHASE_SIDE, transformed + group * 16 + lane);
        }
}

/* Along y: a column of products to columns, whose rows are SIDE vectors. */
#define SNUG_FROM(i) snug_load(products + places[(i) * SNUG_POLYPHASE_SIDE])
#define SNUG_TO(i, value) snug_store(columns + (i) * SNUG_POLYPHASE_SIDE * SNUG_VL, value);
static inline void snug_polyphase_output_column(int32_t outputs, const float *products, const int32_t *places,
                                                float *columns)
{
    SNUG_POLYPHASE_SIZES(SNUG_POLYPHASE_OUT)
}
#undef SNUG_FROM
#undef SNUG_TO

/* Along x: a row of vectors to its outputs, with bias, residual and activation. */
#define SNUG_FROM(i) snug_load(row + (i) * SNUG_VL)
#define SNUG_TO(i, value)                                                       \
    {                                                                           \
        snug_vec result = snug_add(value, bias);                                \
        if (residual)                                                           \
            result = snug_add(result, snug_load(residual + (i) * other_pixel)); \
        snug_store(out + (i) * out_pixel, snug_finish(finisher, result));       \
    }
static inline void snug_polyphase_output_row(const snug_finisher *finisher, int32_t outputs, const float *row,
                                             snug_vec bias, const float *residual, ptrdiff_t other_pixel,
                                             float *out, ptrdiff_t out_pixel)
{
    SNUG_POLYPHASE_SIZES(SNUG_POLYPHASE_OUT)
}
#undef SNUG_FROM
#undef SNUG_TO

/* The outputs of a tile, 16 channels. */
static inline void snug_polyphase_output(const snug_layer *l, const snug_finisher *finisher,
                                         const snug_polyphase_tile *tile, const float *products,
                                         const int32_t *places, const float *bias, const float *residual,
                                         float *output)
{
    float columns[SNUG_POLYPHASE_OUTPUT * SNUG_POLYPHASE_SIDE * SNUG_VL];
    output += (ptrdiff_t)tile->y * l->out_row + (ptrdiff_t)tile->x * l->out_pixel;
    if (residual)
        residual += (ptrdiff_t)tile->y * l->other_row + (ptrdiff_t)tile->x * l->other_pixel;
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        const snug_vec bias_lanes = snug_load(bias + lane);
        for (int32_t x = 0; x <= 2 * tile->width; x++)
            snug_polyphase_output_column(tile->height, products + lane, places + x, columns + x * SNUG_VL);
        for (int32_t y = 0; y < tile->height; y++)
            snug_polyphase_output_row(
                finisher, tile->width, columns + y * SNUG_POLYPHASE_SIDE * SNUG_VL, bias_lanes,
                residual ? residual + (ptrdiff_t)y * l->other_row + lane : NULL, l->other_pixel,
                output + (ptrdiff_t)y * l->out_row + lane, l->out_pixel);
    }
}

static inline void snug_polyphase(const snug_layer *layer, const float *input, const float *weights,
                                  const float *bias, const float *residual, float *output, float *workspace)
{
    const int32_t tiles_x = (layer->out_width + SNUG_POLYPHASE_OUTPUT - 1) / SNUG_POLYPHASE_OUTPUT;
    const int32_t tiles = tiles_x * ((layer->out_height + SNUG_POLYPHASE_OUTPUT - 1) / SNUG_POLYPHASE_OUTPUT);
    const int32_t block = layer->block < tiles ? layer->block : tiles;
    const int32_t channels = (layer->in_channels + 15) / 16 * 16;
    const int32_t panels = (layer->out_channels + 15) / 16;
    const ptrdiff_t panel_products =
        (ptrdiff_t)SNUG_POLYPHASE_PRODUCTS * block * 16 + 16 * SNUG_POLYPHASE_GROUPS;
    float *products =
        workspace + (ptrdiff_t)SNUG_POLYPHASE_PRODUCTS * block * channels + 16 * SNUG_POLYPHASE_GROUPS;
    int32_t *product_places = (int32_t *)(void *)(products + 2 * panel_products);
    ptrdiff_t input_places[SNUG_POLYPHASE_PRODUCTS];
    const snug_finisher finisher = snug_make_finisher(layer);
    snug_gemm gemm = {0};
    gemm.blocks = gemm.taps_y = gemm.taps_x = 1;
    gemm.depth = layer->in_channels;
    gemm.a_row = channels;
    gemm.a_depth = 1;
    gemm.b_depth = 16;
    gemm.out_row = 16;
    for (int32_t first = 0; first < tiles; first += block) {
        const int32_t count = tiles - first < block ? tiles - first : block;
        int32_t rows[SNUG_POLYPHASE_GROUPS] = {0};
        for (int32_t t = 0; t < count; t++) {
            const snug_polyphase_tile tile = snug_polyphase_tile_at(layer, first + t, tiles_x);
            snug_polyphase_places(&tile, block, channels, rows, input_places,
                                  product_places + t * SNUG_POLYPHASE_PRODUCTS);
            snug_polyphase_input(layer, &tile, input, input_places, workspace);
        }
        for (int32_t panel = 0; panel < panels; panel += 2) {
            const int32_t pair = panels - panel < 2 ? 1 : 2;
            const float *b = weights + (ptrdiff_t)panel * SNUG_POLYPHASE_GROUPS * channels * 16;
            for (int32_t g = 0; g < SNUG_POLYPHASE_GROUPS; g++) {
                const int32_t y = g / SNUG_POLYPHASE_WEIGHTS, x = g % SNUG_POLYPHASE_WEIGHTS;
                if (rows[g] > 0)
                    snug_point_product(
                        &gemm, rows[g], pair, workspace + snug_polyphase_group(block, y, x, channels), b,
                        channels * 16, products + snug_polyphase_group(block, y, x, 16), panel_products);
                b += pair * channels * 16;
            }
            for (int32_t t = 0; t < count; t++) {
                const snug_polyphase_tile tile = snug_polyphase_tile_at(layer, first + t, tiles_x);
                for (int32_t p = 0; p < pair; p++)
                    snug_polyphase_output(
                        layer, &finisher, &tile, products + p * panel_products,
                        product_places + t * SNUG_POLYPHASE_PRODUCTS, bias + (panel + p) * 16,
                        residual ? residual + (ptrdiff_t)(panel + p) * layer->other_plane : NULL,
                        output + (ptrdiff_t)(panel + p) * layer->out_plane);
            }
        }
    }
}

#endif
