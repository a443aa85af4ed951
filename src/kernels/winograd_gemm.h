/* winograd_gemm.h - the register tile of Winograd convolution: the transformed inputs of up to
 * SNUG_POINT_ROWS tiles at one point times the weights of 16 or 32 output channels at that point. Part of
 * winograd.h.
 *
 * Inputs lie as [input channels / 16][tiles][16], so all rows of a tile have one pointer and fixed offsets;
 * weights as [panels][input channels][16]. With AVX-512, two panels lie side by side in the registers: 14 x
 * 32 sums, which halves the loads of inputs. While it works it fetches the weights that come next into the
 * second-level cache: on small maps, few rows share a weight, and reading the weights is what takes the time.
 */
#ifndef SNUG_WINOGRAD_GEMM_H
#define SNUG_WINOGRAD_GEMM_H

#include "simd.h"
#include "winograd_plan.h"

/* SNUG_POINT_VECTORS: vectors of a row that are held at a time. */
#if SNUG_VL == 16
#define SNUG_POINT_ROWS 14
#define SNUG_POINT_VECTORS 2
#elif SNUG_VL == 8
#define SNUG_POINT_ROWS 6
#define SNUG_POINT_VECTORS 2
#elif SNUG_VL == 4 && (defined(__aarch64__) || defined(__ALTIVEC__))
#define SNUG_POINT_ROWS 5
#define SNUG_POINT_VECTORS 4
#elif SNUG_VL == 4
#define SNUG_POINT_ROWS 6
#define SNUG_POINT_VECTORS 2
#else
#define SNUG_POINT_ROWS 3
#define SNUG_POINT_VECTORS 4
#endif

/* Strides of one product, in floats. */
typedef struct snug_winograd_product {
    int32_t groups;     /* of 16 input channels */
    ptrdiff_t in_group; /* from one of them to the next */
    ptrdiff_t vector;   /* from a vector of weights to its neighbour */
    ptrdiff_t out_row;
    ptrdiff_t fetch; /* how far the fetching of the next weights goes on for every input channel */
} snug_winograd_product;

#define SNUG_POINT_TILE_1(DO) DO(0)
#define SNUG_POINT_TILE_2(DO) SNUG_POINT_TILE_1(DO) DO(1)
#define SNUG_POINT_TILE_3(DO) SNUG_POINT_TILE_2(DO) DO(2)
#define SNUG_POINT_TILE_4(DO) SNUG_POINT_TILE_3(DO) DO(3)
#define SNUG_POINT_TILE_5(DO) SNUG_POINT_TILE_4(DO) DO(4)
#define SNUG_POINT_TILE_6(DO) SNUG_POINT_TILE_5(DO) DO(5)
#define SNUG_POINT_TILE_7(DO) SNUG_POINT_TILE_6(DO) DO(6)
#define SNUG_POINT_TILE_8(DO) SNUG_POINT_TILE_7(DO) DO(7)
#define SNUG_POINT_TILE_9(DO) SNUG_POINT_TILE_8(DO) DO(8)
#define SNUG_POINT_TILE_10(DO) SNUG_POINT_TILE_9(DO) DO(9)
#define SNUG_POINT_TILE_11(DO) SNUG_POINT_TILE_10(DO) DO(10)
#define SNUG_POINT_TILE_12(DO) SNUG_POINT_TILE_11(DO) DO(11)
#define SNUG_POINT_TILE_13(DO) SNUG_POINT_TILE_12(DO) DO(12)
#define SNUG_POINT_TILE_14(DO) SNUG_POINT_TILE_13(DO) DO(13)

/* Tiles of one vector a row are needed where a vector is a whole panel. */
#define SNUG_POINT_LOAD_1 const snug_vec b0 = snug_load(b);
#define SNUG_POINT_LOAD_2 SNUG_POINT_LOAD_1 const snug_vec b1 = snug_load(b + vector);
#define SNUG_POINT_LOAD_4 \
    SNUG_POINT_LOAD_2 const snug_vec b2 = snug_load(b + 2 * vector), b3 = snug_load(b + 3 * vector);
#define SNUG_POINT_FETCH_1 SNUG_PREFETCH(next);
#if SNUG_VL == 16
#define SNUG_POINT_FETCH_2 SNUG_POINT_FETCH_1 SNUG_PREFETCH(next + vector);
#else /* both vectors are in one line */
#define SNUG_POINT_FETCH_2 SNUG_POINT_FETCH_1
#endif
#define SNUG_POINT_FETCH_4 SNUG_POINT_FETCH_1

#define SNUG_POINT_ZERO_1(r) snug_vec c##r##_0 = snug_set1(0.0f);
#define SNUG_POINT_ZERO_2(r) SNUG_POINT_ZERO_1(r) snug_vec c##r##_1 = snug_set1(0.0f);
#define SNUG_POINT_ZERO_4(r) \
    SNUG_POINT_ZERO_2(r) snug_vec c##r##_2 = snug_set1(0.0f), c##r##_3 = snug_set1(0.0f);
#define SNUG_POINT_SUM_1(r)                          \
    {                                                \
        const snug_vec x = snug_set1(a_k[(r) * 16]); \
        c##r##_0 = snug_fma(x, b0, c##r##_0);        \
    }
#define SNUG_POINT_SUM_2(r)                          \
    {                                                \
        const snug_vec x = snug_set1(a_k[(r) * 16]); \
        c##r##_0 = snug_fma(x, b0, c##r##_0);        \
        c##r##_1 = snug_fma(x, b1, c##r##_1);        \
    }
#define SNUG_POINT_SUM_4(r)                          \
    {                                                \
        const snug_vec x = snug_set1(a_k[(r) * 16]); \
        c##r##_0 = snug_fma(x, b0, c##r##_0);        \
        c##r##_1 = snug_fma(x, b1, c##r##_1);        \
        c##r##_2 = snug_fma(x, b2, c##r##_2);        \
        c##r##_3 = snug_fma(x, b3, c##r##_3);        \
    }
#define SNUG_POINT_STORE_1(r) snug_store(out + (r) * row, c##r##_0);
#define SNUG_POINT_STORE_2(r) SNUG_POINT_STORE_1(r) snug_store(out + (r) * row + SNUG_VL, c##r##_1);
#define SNUG_POINT_STORE_4(r)                                                  \
    SNUG_POINT_STORE_2(r) snug_store(out + (r) * row + 2 * SNUG_VL, c##r##_2); \
    snug_store(out + (r) * row + 3 * SNUG_VL, c##r##_3);

#define SNUG_POINT_FUNCTION(rows, vectors)                                                                   \
    static SNUG_NOINLINE void snug_point_##rows##x##vectors(                                                 \
        const snug_winograd_product *product, const float *a, const float *b, const float *next, float *out) \
    {                                                                                                        \
        const ptrdiff_t vector = product->vector, row = product->out_row, in_group = product->in_group,      \
                        fetch = product->fetch;                                                              \
        (void)vector;                                                                                        \
        SNUG_POINT_TILE_##rows(SNUG_POINT_ZERO_##vectors) for (int32_t group = product->groups; group > 0;   \
                                                               group--, a += in_group)                       \
        {                                                                                                    \
            const float *a_k = a, *a_next = a + in_group;                                                    \
            SNUG_NO_UNROLL                                                                                   \
            for (int32_t k = 16; k > 0; k--) {                                                               \
                SNUG_POINT_LOAD_##vectors SNUG_POINT_FETCH_##vectors SNUG_PREFETCH_NEAR(a_next);             \
                SNUG_POINT_TILE_##rows(SNUG_POINT_SUM_##vectors) a_k++;                                      \
                a_next += 16;                                                                                \
                b += 16;                                                                                     \
                next += fetch;                                                                               \
            }                                                                                                \
        }                                                                                                    \
        SNUG_POINT_TILE_##rows(SNUG_POINT_STORE_##vectors)                                                   \
    }

/* clang-format finds no layout of these lists that it keeps. */
/* clang-format off */
#if SNUG_POINT_ROWS == 14
#define SNUG_POINT_ALL(DO, vectors)                                                           \
    DO(1, vectors)                                                                            \
    DO(2, vectors)                                                                            \
    DO(3, vectors)                                                                            \
    DO(4, vectors) DO(5, vectors) DO(6, vectors) DO(7, vectors) DO(8, vectors) DO(9, vectors) \
        DO(10, vectors) DO(11, vectors) DO(12, vectors) DO(13, vectors) DO(14, vectors)
#elif SNUG_POINT_ROWS == 6
#define SNUG_POINT_ALL(DO, vectors) \
    DO(1, vectors) DO(2, vectors) DO(3, vectors) DO(4, vectors) DO(5, vectors) DO(6, vectors)
#elif SNUG_POINT_ROWS == 5
#define SNUG_POINT_ALL(DO, vectors) DO(1, vectors) DO(2, vectors) DO(3, vectors) DO(4, vectors) DO(5, vectors)
#else
#define SNUG_POINT_ALL(DO, vectors) DO(1, vectors) DO(2, vectors) DO(3, vectors)
#endif
/* clang-format on */

#define SNUG_POINT_CASE(rows, vectors)                           \
    case rows:                                                   \
        snug_point_##rows##x##vectors(product, a, b, next, out); \
        break;

#if SNUG_VL == 16
SNUG_POINT_ALL(SNUG_POINT_FUNCTION, 1)
SNUG_POINT_ALL(SNUG_POINT_FUNCTION, 2)
#elif SNUG_POINT_VECTORS == 2
SNUG_POINT_ALL(SNUG_POINT_FUNCTION, 2)
#else
SNUG_POINT_ALL(SNUG_POINT_FUNCTION, 4)
#endif

static inline void snug_winograd_tile(const snug_winograd_product *product, int32_t rows, int32_t vectors,
                                      const float *a, const float *b, const float *next, float *out)
{
    (void)vectors;
#if SNUG_VL == 16
    if (vectors == 1) {
        switch (rows) {
            SNUG_POINT_ALL(SNUG_POINT_CASE, 1)
        }
        return;
    }
#endif
#if SNUG_POINT_VECTORS == 2
    switch (rows) {
        SNUG_POINT_ALL(SNUG_POINT_CASE, 2)
    }
#else
    switch (rows) {
        SNUG_POINT_ALL(SNUG_POINT_CASE, 4)
    }
#endif
}

/* out [rows][16 panels] = a [groups][rows][16] * b [panels][16 groups][16]. in_group: floats from one group
 * of a to the next. next: the weights that will be read after these; every piece of the rows fetches as much
 * of them as any other, since memory is slower than all of them at once. */
static inline void snug_winograd_multiply(int32_t rows, int32_t panels, int32_t groups, ptrdiff_t in_group,
                                          const float *a, const float *b, const float *next, float *out)
{
    const ptrdiff_t panel = (ptrdiff_t)groups * 256;
    const int32_t pieces = (rows + SNUG_POINT_ROWS - 1) / SNUG_POINT_ROWS;
    const ptrdiff_t fetch = pieces < 16 ? (15 + pieces) / pieces : 1, share = fetch * groups * 16;
    snug_winograd_product product = {groups, in_group, SNUG_VL, (ptrdiff_t)panels * 16, fetch};
#if SNUG_VL == 16
    product.vector = panel;
    for (int32_t row = 0, left = pieces; row < rows; left--, next += share) {
        const int32_t count = (rows - row + left - 1) / left;
        snug_winograd_tile(&product, count, panels, a + row * 16, b, next, out + row * product.out_row);
        row += count;
    }
#else
    for (int32_t p = 0; p < panels; p++)
        for (int32_t lane = 0; lane < 16; lane += SNUG_POINT_VECTORS * SNUG_VL)
            for (int32_t row = 0, left = pieces; row < rows; left--) {
                const int32_t count = (rows - row + left - 1) / left;
                const float *weights = b + p * panel + lane;
                const float *later = next + p * panel + (pieces - left) * share;
                snug_winograd_tile(&product, count, SNUG_POINT_VECTORS, a + row * 16, weights,
                                   lane == 0 ? later : weights, out + row * product.out_row + p * 16 + lane);
                row += count;
            }
#endif
}

#endif
