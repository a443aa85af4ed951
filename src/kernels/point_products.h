/* point_products.h - what the algorithms that transform tiles (polyphase and one-dimensional Winograd, FFT)
 * have in common: matrix products of few rows and many weights, and the end of an output's way.
 *
 * Output channels go in pairs of panels of 16, and a pair's weights for one product lie together,
 * [2][depth][16], so that they are read as one stream. */
#ifndef SNUG_POINT_PRODUCTS_H
#define SNUG_POINT_PRODUCTS_H

#define SNUG_GEMM_PIXEL_ROWS
#include "epilogue.h"
#include "gemm.h"

/* What fetches the `floats` weights at `next` while `rows` rows are multiplied by others, in steps of one row
 * of weights. Many rows leave time enough for the hardware to do it. */
static inline snug_stream snug_point_stream(const float *next, ptrdiff_t floats, int32_t rows, int32_t steps)
{
    const int64_t tiles = (rows + SNUG_TILE_ROWS - 1) / SNUG_TILE_ROWS,
                  bytes = floats * (int64_t)sizeof(float);
    const int64_t all = tiles * steps * (16 / SNUG_TILE_LANES);
    const snug_stream stream = {(const char *)next, tiles > 64 ? 0 : (ptrdiff_t)((bytes + all - 1) / all)};
    return stream;
}

/* out [panels][rows][16] = a [rows][depth] * b [panels][depth][16] for 1 or more rows and 1 or 2 panels; the
 * rows and panels of out have strides. The weights that lie behind b, which come next, are fetched meanwhile.
 */
static inline void snug_point_product(const snug_gemm *g, int32_t rows, int32_t panels, const float *a,
                                      const float *b, ptrdiff_t b_panel, float *out, ptrdiff_t out_panel)
{
    snug_gemm product = *g;
    snug_stream stream =
        snug_point_stream(b + panels * b_panel, panels * b_panel, rows, g->blocks * g->depth);
    product.b_panel = b_panel;
    product.out_panel = out_panel;
    product.stream = &stream;
    snug_gemm_lanes(&product, rows, panels * 16, a, b, NULL, NULL, out);
}

#endif
