/* gemm.h - the register tiles under every matrix-like kernel: up to SNUG_TILE_ROWS rows times 16 lanes stay
 * in registers while a sum runs over blocks x taps_y x taps_x x depth.
 *
 *     out[row][lane] = clamp(init[row][lane] + sum a[row, k] * b[k][lane] + add[row][lane])
 *
 * With pixels as rows, 16 output channels as lanes and the kernel's taps as two of the loops this is a direct
 * convolution on channel blocks; with one block and one tap it is a plain matrix product; with output
 * channels as rows and 16 pixels as lanes it serves planar maps. Accumulators have names and the innermost
 * loop is not unrolled: arrays of accumulators or unrolling make compilers spill. */
#ifndef SNUG_GEMM_H
#define SNUG_GEMM_H

#include "simd.h"
#include "snug.h"

/* SNUG_TILE_VECTORS: vectors of a row that are held at a time; a row's 16 lanes take SNUG_TILE_PASSES passes.
 */
#if SNUG_VL == 16
#define SNUG_TILE_ROWS 14
#define SNUG_TILE_VECTORS 1
#elif SNUG_VL == 8
#define SNUG_TILE_ROWS 6
#define SNUG_TILE_VECTORS 2
#elif SNUG_VL == 4 && (defined(__aarch64__) || defined(__ALTIVEC__))
#define SNUG_TILE_ROWS 5 /* 6 rows fit 32 registers, but gcc loads ahead and spills */
#define SNUG_TILE_VECTORS 4
#elif SNUG_VL == 4
#define SNUG_TILE_ROWS 6
#define SNUG_TILE_VECTORS 2
#else
#define SNUG_TILE_ROWS 3
#define SNUG_TILE_VECTORS 4
#endif
#define SNUG_TILE_LANES (SNUG_TILE_VECTORS * SNUG_VL)

/* Strides and counts of one product, in elements. A plain product of depth k with panels [k][16] has blocks =
 * taps_y = taps_x = 1, depth = k, a_depth = 1, b_depth = 16. */
typedef struct snug_gemm {
    int32_t blocks, taps_y, taps_x, depth;
    int32_t last_depth; /* depth of the last block where it is shorter; 0: depth */
    ptrdiff_t a_row, a_block, a_y, a_x, a_depth;
    ptrdiff_t b_block, b_y, b_x, b_depth;
    ptrdiff_t init_row; /* 0: init is 16 values for every row, such as a bias */
    ptrdiff_t add_row;  /* what is added after the sum, such as a residual */
    ptrdiff_t out_row;
    int32_t clamp; /* 1: the result is limited to low ... high */
    float low, high;
} snug_gemm;

#define SNUG_TILE_1(DO) DO(0, p0[0])
#define SNUG_TILE_2(DO) SNUG_TILE_1(DO) DO(1, p0[s])
#define SNUG_TILE_3(DO) SNUG_TILE_2(DO) DO(2, p0[2 * s])
#define SNUG_TILE_4(DO) SNUG_TILE_3(DO) DO(3, p3[0])
#define SNUG_TILE_5(DO) SNUG_TILE_4(DO) DO(4, p3[s])
#define SNUG_TILE_6(DO) SNUG_TILE_5(DO) DO(5, p3[2 * s])
#define SNUG_TILE_7(DO) SNUG_TILE_6(DO) DO(6, p6[0])
#define SNUG_TILE_8(DO) SNUG_TILE_7(DO) DO(7, p6[s])
#define SNUG_TILE_9(DO) SNUG_TILE_8(DO) DO(8, p6[2 * s])
#define SNUG_TILE_10(DO) SNUG_TILE_9(DO) DO(9, p9[0])
#define SNUG_TILE_11(DO) SNUG_TILE_10(DO) DO(10, p9[s])
#define SNUG_TILE_12(DO) SNUG_TILE_11(DO) DO(11, p9[2 * s])
#define SNUG_TILE_13(DO) SNUG_TILE_12(DO) DO(12, p12[0])
#define SNUG_TILE_14(DO) SNUG_TILE_13(DO) DO(13, p12[s])

/* One pointer per three rows: the addresses p, p + s, p + 2 s need no further registers on x86 and few
 * elsewhere. */
#define SNUG_POINTERS_1(DO) DO(0)
#define SNUG_POINTERS_2(DO) DO(0)
#define SNUG_POINTERS_3(DO) DO(0)
#define SNUG_POINTERS_4(DO) DO(0) DO(3)
#define SNUG_POINTERS_5(DO) DO(0) DO(3)
#define SNUG_POINTERS_6(DO) DO(0) DO(3)
#define SNUG_POINTERS_7(DO) DO(0) DO(3) DO(6)
#define SNUG_POINTERS_8(DO) DO(0) DO(3) DO(6)
#define SNUG_POINTERS_9(DO) DO(0) DO(3) DO(6)
#define SNUG_POINTERS_10(DO) DO(0) DO(3) DO(6) DO(9)
#define SNUG_POINTERS_11(DO) DO(0) DO(3) DO(6) DO(9)
#define SNUG_POINTERS_12(DO) DO(0) DO(3) DO(6) DO(9)
#define SNUG_POINTERS_13(DO) DO(0) DO(3) DO(6) DO(9) DO(12)
#define SNUG_POINTERS_14(DO) DO(0) DO(3) DO(6) DO(9) DO(12)

#define SNUG_POINTER_BEGIN(r) const float *p##r = a_x + (r) * s;
#define SNUG_POINTER_STEP(r) p##r += a_depth;

/* V(r, v): for every vector v of row r. */
#if SNUG_TILE_VECTORS == 1
#define SNUG_VECTORS(DO, r) DO(r, 0)
#define SNUG_LOAD_B const snug_vec b0 = snug_load(b);
#elif SNUG_TILE_VECTORS == 2
#define SNUG_VECTORS(DO, r) DO(r, 0) DO(r, 1)
#define SNUG_LOAD_B const snug_vec b0 = snug_load(b), b1 = snug_load(b + SNUG_VL);
#else
#define SNUG_VECTORS(DO, r) DO(r, 0) DO(r, 1) DO(r, 2) DO(r, 3)
#define SNUG_LOAD_B                                                \
    const snug_vec b0 = snug_load(b), b1 = snug_load(b + SNUG_VL); \
    const snug_vec b2 = snug_load(b + 2 * SNUG_VL), b3 = snug_load(b + 3 * SNUG_VL);
#endif

#define SNUG_ONE_ZERO(r, v) snug_vec c##r##_##v = snug_set1(0.0f);
#define SNUG_ONE_INIT(r, v) c##r##_##v = snug_load(init + (r) * g->init_row + (v) * SNUG_VL);
#define SNUG_ONE_FMA(r, v) c##r##_##v = snug_fma(x, b##v, c##r##_##v);
#define SNUG_ONE_ADD(r, v) \
    c##r##_##v = snug_add(c##r##_##v, snug_load(add + (r) * g->add_row + (v) * SNUG_VL));
#define SNUG_ONE_CLAMP(r, v) c##r##_##v = snug_min(snug_max(c##r##_##v, low), high);
#define SNUG_ONE_STORE(r, v) snug_store(out + (r) * g->out_row + (v) * SNUG_VL, c##r##_##v);

#define SNUG_ROW_ZERO(r, x) SNUG_VECTORS(SNUG_ONE_ZERO, r)
#define SNUG_ROW_INIT(r, x) SNUG_VECTORS(SNUG_ONE_INIT, r)
#define SNUG_ROW_ADD(r, x) SNUG_VECTORS(SNUG_ONE_ADD, r)
#define SNUG_ROW_CLAMP(r, x) SNUG_VECTORS(SNUG_ONE_CLAMP, r)
#define SNUG_ROW_STORE(r, x) SNUG_VECTORS(SNUG_ONE_STORE, r)
#define SNUG_ROW_FMA(r, value)               \
    {                                        \
        const snug_vec x = snug_set1(value); \
        SNUG_VECTORS(SNUG_ONE_FMA, r)        \
    }

/* init and add may be NULL. */
#define SNUG_TILE_FUNCTION(rows)                                                                             \
    static SNUG_NOINLINE void snug_tile_##rows(const snug_gemm *g, const float *a, const float *b_begin,     \
                                               const float *init, const float *add, float *out)              \
    {                                                                                                        \
        const ptrdiff_t s = g->a_row, a_depth = g->a_depth, b_depth = g->b_depth;                            \
        int32_t depth = g->depth;                                                                            \
        SNUG_TILE_##rows(SNUG_ROW_ZERO) if (init) { SNUG_TILE_##rows(SNUG_ROW_INIT) }                        \
        for (int32_t block = 0; block < g->blocks; block++, a += g->a_block, b_begin += g->b_block) {        \
            const float *a_y = a, *b_y = b_begin;                                                            \
            if (g->last_depth && block + 1 == g->blocks)                                                     \
                depth = g->last_depth;                                                                       \
            for (int32_t y = 0; y < g->taps_y; y++, a_y += g->a_y, b_y += g->b_y) {                          \
                const float *a_x = a_y, *b_x = b_y;                                                          \
                for (int32_t x_tap = 0; x_tap < g->taps_x; x_tap++, a_x += g->a_x, b_x += g->b_x) {          \
                    SNUG_POINTERS_##rows(SNUG_POINTER_BEGIN) const float *b = b_x;                           \
                    SNUG_NO_UNROLL                                                                           \
                    for (int32_t k = depth; k > 0; k--) {                                                    \
                        SNUG_LOAD_B                                                                          \
                        SNUG_TILE_##rows(SNUG_ROW_FMA) SNUG_POINTERS_##rows(SNUG_POINTER_STEP) b += b_depth; \
                    }                                                                                        \
                }                                                                                            \
            }                                                                                                \
        }                                                                                                    \
        if (add) {                                                                                           \
            SNUG_TILE_##rows(SNUG_ROW_ADD)                                                                   \
        }                                                                                                    \
        if (g->clamp) {                                                                                      \
            const snug_vec low = snug_set1(g->low), high = snug_set1(g->high);                               \
            SNUG_TILE_##rows(SNUG_ROW_CLAMP)                                                                 \
        }                                                                                                    \
        SNUG_TILE_##rows(SNUG_ROW_STORE)                                                                     \
    }

SNUG_TILE_FUNCTION(1)
SNUG_TILE_FUNCTION(2)
SNUG_TILE_FUNCTION(3)
#if SNUG_TILE_ROWS > 3
SNUG_TILE_FUNCTION(4)
SNUG_TILE_FUNCTION(5)
SNUG_TILE_FUNCTION(6)
#endif
#if SNUG_TILE_ROWS > 6
SNUG_TILE_FUNCTION(7)
SNUG_TILE_FUNCTION(8)
SNUG_TILE_FUNCTION(9)
SNUG_TILE_FUNCTION(10)
SNUG_TILE_FUNCTION(11)
SNUG_TILE_FUNCTION(12)
SNUG_TILE_FUNCTION(13)
SNUG_TILE_FUNCTION(14)
#endif

/* 1 ... SNUG_TILE_ROWS rows. */
static inline void snug_gemm_tile(const snug_gemm *g, int32_t rows, const float *a, const float *b,
                                  const float *init, const float *add, float *out)
{
    for (int32_t lane = 0; lane < 16; lane += SNUG_TILE_LANES) {
        const float *init_lane = init ? init + lane : NULL, *add_lane = add ? add + lane : NULL;
        switch (rows) {
#if SNUG_TILE_ROWS > 6
        case 14:
            snug_tile_14(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 13:
            snug_tile_13(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 12:
            snug_tile_12(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 11:
            snug_tile_11(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 10:
            snug_tile_10(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 9:
            snug_tile_9(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 8:
            snug_tile_8(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 7:
            snug_tile_7(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
#endif
#if SNUG_TILE_ROWS > 3
        case 6:
            snug_tile_6(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 5:
            snug_tile_5(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 4:
            snug_tile_4(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
#endif
        case 3:
            snug_tile_3(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        case 2:
            snug_tile_2(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        default:
            snug_tile_1(g, a, b + lane, init_lane, add_lane, out + lane);
            break;
        }
    }
}

/* Any number of rows times 16 lanes, split into tiles of even size. b: 16 lanes per k. init, add: NULL, or
 * what the sum begins with and what is added to it. out may be init or add. */
static inline void snug_gemm_rows(const snug_gemm *g, int32_t rows, const float *a, const float *b,
                                  const float *init, const float *add, float *out)
{
    int32_t tiles = (rows + SNUG_TILE_ROWS - 1) / SNUG_TILE_ROWS;
    for (int32_t row = 0; row < rows; tiles--) {
        const int32_t count = (rows - row + tiles - 1) / tiles;
        snug_gemm_tile(g, count, a + row * g->a_row, b, init ? init + row * g->init_row : NULL,
                       add ? add + row * g->add_row : NULL, out + row * g->out_row);
        row += count;
    }
}

/* As snug_gemm_rows, where only the first lanes (1 ... 16) of init, add and out exist. b has all 16. */
static inline void snug_gemm_lanes(const snug_gemm *g, int32_t rows, int32_t lanes, const float *a,
                                   const float *b, const float *init, const float *add, float *out)
{
    if (lanes >= 16) {
        snug_gemm_rows(g, rows, a, b, init, add, out);
        return;
    }
    float tile[SNUG_TILE_ROWS * 16];
    snug_gemm local = *g;
    local.init_row = 16;
    local.out_row = 16;
    int32_t tiles = (rows + SNUG_TILE_ROWS - 1) / SNUG_TILE_ROWS;
    for (int32_t row = 0; row < rows; tiles--) {
        const int32_t count = (rows - row + tiles - 1) / tiles;
        for (int32_t r = 0; r < count; r++)
            for (int32_t lane = 0; lane < 16; lane++)
                tile[r * 16 + lane] = init && lane < lanes ? init[(row + r) * g->init_row + lane] : 0.0f;
        local.clamp = add ? 0 : g->clamp;
        snug_gemm_tile(&local, count, a + row * g->a_row, b, tile, NULL, tile);
        for (int32_t r = 0; r < count; r++)
            for (int32_t lane = 0; lane < lanes; lane++) {
                float x = tile[r * 16 + lane];
                if (add) {
                    x += add[(row + r) * g->add_row + lane];
                    if (g->clamp)
                        x = x < g->low ? g->low : x > g->high ? g->high : x;
                }
                out[(row + r) * g->out_row + lane] = x;
            }
        row += count;
    }
}

/* Merges loops whose steps follow on one another, so that the innermost is long. */
static inline void snug_gemm_merge(snug_gemm *g)
{
    const int merge_x = g->a_x == g->depth * g->a_depth && g->b_x == g->depth * g->b_depth;
    if (g->taps_x > 1 && merge_x && !g->last_depth) {
        g->depth *= g->taps_x;
        g->taps_x = 1;
    }
    const int merge_y = g->a_y == g->depth * g->a_depth && g->b_y == g->depth * g->b_depth;
    if (g->taps_y > 1 && g->taps_x == 1 && merge_y && !g->last_depth) {
        g->depth *= g->taps_y;
        g->taps_y = 1;
    }
    const int merge_blocks = g->a_block == g->depth * g->a_depth && g->b_block == g->depth * g->b_depth;
    if (g->blocks > 1 && g->taps_x == 1 && g->taps_y == 1 && merge_blocks) {
        g->depth = g->depth * (g->blocks - 1) + (g->last_depth ? g->last_depth : g->depth);
        g->last_depth = 0;
        g->blocks = 1;
    }
}

/* Rows times all panels of 16 output channels. b_panel, out_panel, add_panel: from panel to panel. The last
 * panel has out_channels % 16 lanes in out and add where whole_panels is 0. Rows are taken in blocks of which
 * a reads at most 128 KiB, which stay in the second-level cache while the panels go by. */
static inline void snug_gemm_panels(const snug_gemm *g, int32_t rows, int32_t out_channels, int whole_panels,
                                    const float *a, const float *b, ptrdiff_t b_panel, const float *bias,
                                    const float *add, ptrdiff_t add_panel, float *out, ptrdiff_t out_panel)
{
    const int64_t row_floats = (int64_t)g->blocks * g->taps_y * g->taps_x * g->depth;
    const int64_t fit = 32768 / row_floats / SNUG_TILE_ROWS * SNUG_TILE_ROWS;
    const int32_t block_rows = fit < 4 * SNUG_TILE_ROWS ? 4 * SNUG_TILE_ROWS
                               : fit < rows             ? (int32_t)fit
                                                        : rows;
    for (int32_t row = 0; row < rows; row += block_rows) {
        const int32_t count = rows - row < block_rows ? rows - row : block_rows;
        for (int32_t panel = 0; panel * 16 < out_channels; panel++) {
            const int32_t rest = out_channels - panel * 16;
            snug_gemm_lanes(g, count, whole_panels || rest > 16 ? 16 : rest, a + row * g->a_row,
                            b + panel * b_panel, bias + panel * 16,
                            add ? add + panel * add_panel + row * g->add_row : NULL,
                            out + panel * out_panel + row * g->out_row);
        }
    }
}

#endif
