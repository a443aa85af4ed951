/* point_products.h - the matrix products of the algorithms that transform tiles (polyphase and
 * one-dimensional Winograd, FFT): few rows, many weights. Output channels go in pairs of panels of 16, and a
 * pair's weights for one product lie together, [2][depth][16], so that they are read as one stream. */
#ifndef SNUG_POINT_PRODUCTS_H
#define SNUG_POINT_PRODUCTS_H

#include "gemm.h"

/* out [panels][rows][16] = a [rows][depth] * b [panels][depth][16] for 1 or 2 panels; rows and panels of out
 * have strides. */
static inline void snug_point_product(const snug_gemm *g, int32_t rows, int32_t panels, const float *a,
                                      const float *b, ptrdiff_t b_panel, float *out, ptrdiff_t out_panel)
{
    for (int32_t panel = 0; panel < panels; panel++)
        snug_gemm_rows(g, rows, a, b + panel * b_panel, NULL, NULL, out + panel * out_panel);
}

#endif
