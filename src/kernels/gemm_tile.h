/* gemm_tile.h - the register tiles: `rows` rows times a few vectors stay in registers while a sum runs over
 * blocks x taps_y x taps_x x depth.
 *
 *     out[row][lane] = clamp(init[row][lane] + sum a[row, k] * b[k][lane] + add[row][lane])
 *
 * One function per shape, written by macros: accumulators have names and the innermost loop is not unrolled,
 * since arrays of accumulators or unrolling make compilers spill. What bounds a shape is the number of
 * registers; what a shape must do is enough multiply-adds per load:
 *
 *     target    rows x lanes   registers       loads per multiply-add
 *     AVX-512   14 x 32        28 + 2 + 1      0.57    two panels of 16 side by side
 *               14 x 16        14 + 1 + 0      1.07    short sums on Zen 4; an odd panel
 *               14 x 24        28 + 2 + 1      0.57    a panel and the half of one that is needed
 *               7 x 32         14 + 2 + 1      0.64    rows of 7
 *     AVX       6 x 16         12 + 2 + 1      0.67
 *     SSE       6 x 8          12 + 2 + 1      0.67
 *     AArch64   8 x 8          16 + 2 + 8      0.25    by lanes
 *     ARMv7     4 x 8          8 + 2 + 4       0.38    by lanes
 *     none      3 x 4
 *
 * By lanes: where the steps of a are contiguous, four of them are loaded as a vector and each lane is an
 * operand of a multiply-add. */
#ifndef SNUG_GEMM_TILE_H
#define SNUG_GEMM_TILE_H

#include <math.h>

#include "simd.h"
#include "snug.h"
#include "tile_rows.h"

/* Cores with AVX-512 differ. SNUG_ZEN4 begins one 512-bit multiply-add per cycle, others two; gcc 12 takes it
 * for Zen 3. SNUG_EIGHT_WAYS: a set of the first-level cache has 8 lines, elsewhere 12. */
#if SNUG_VL == 16 && (defined(__znver3__) || defined(__znver4__))
#define SNUG_ZEN4
#define SNUG_EIGHT_WAYS
#elif SNUG_VL == 16 && (defined(__skylake_avx512__) || defined(__cascadelake__) || defined(__cooperlake__))
#define SNUG_EIGHT_WAYS
#endif

/* A tile has SNUG_TILE_VECTORS vectors in a row; a panel's 16 lanes take 16 / SNUG_TILE_LANES passes. Wide
 * tiles take two panels at once. */
#if SNUG_VL == 16
#define SNUG_TILE_ROWS 14
#define SNUG_TILE_VECTORS 1
#define SNUG_WIDE_TILES
#if defined(SNUG_GEMM_HALF) && defined(__FMA__)
#define SNUG_HALF_TILES
#endif
#elif SNUG_VL == 8
#define SNUG_TILE_ROWS 6
#define SNUG_TILE_VECTORS 2
#elif defined(SNUG_FMA_LANE) && defined(__aarch64__)
#define SNUG_TILE_ROWS 8
#define SNUG_TILE_VECTORS 2
#elif defined(SNUG_FMA_LANE)
#define SNUG_TILE_ROWS 4
#define SNUG_TILE_VECTORS 2
#elif SNUG_VL == 4
#define SNUG_TILE_ROWS 6
#define SNUG_TILE_VECTORS 2
#else
#define SNUG_TILE_ROWS 3
#define SNUG_TILE_VECTORS 4
#endif
/* Defined as 3, 4, 6, 7 or 8: no higher tiles than that, for less machine code. */
#ifdef SNUG_MOST_TILE_ROWS
#undef SNUG_TILE_ROWS
#define SNUG_TILE_ROWS SNUG_MOST_TILE_ROWS
#endif
#define SNUG_TILE_LANES (SNUG_TILE_VECTORS * SNUG_VL)

/* What is brought into the second-level cache while tiles run: `step` bytes from `at` on with every step of
 * the innermost loop. */
typedef struct snug_stream {
    const char *at;
    ptrdiff_t step;
} snug_stream;

/* Strides and counts of one product, in elements. A plain product of depth k with panels [k][16] has blocks =
 * taps_y = taps_x = 1, depth = k, a_depth = 1, b_depth = 16. */
typedef struct snug_gemm {
    int32_t blocks, taps_y, taps_x, depth;
    int32_t last_depth;            /* depth of the last block where it is shorter; 0: depth */
    int32_t left_taps, right_taps; /* see SNUG_GEMM_BORDERS */
    ptrdiff_t a_row, a_block, a_y, a_x, a_depth;
    ptrdiff_t b_block, b_y, b_x, b_depth;
    ptrdiff_t init_row; /* 0: init is 16 values for every row, such as a bias */
    ptrdiff_t add_row;  /* what is added after the sum, such as a residual */
    ptrdiff_t out_row;
    ptrdiff_t b_panel, init_panel, add_panel, out_panel; /* from one panel of 16 lanes to the next */
    int32_t unfinished; /* 1: another product will add to this one: no activation yet */
    int32_t clamp;      /* 1: the result is limited to low ... high */
    int32_t half;       /* 1: of the last panel 8 lanes are needed, the others may be anything finite */
    float low, high;
    snug_stream *stream; /* NULL: nothing */
} snug_gemm;

#define SNUG_POINTER_BEGIN(r)        \
    const float *p##r = a + (r) * s; \
    (void)p##r; /* a tile of one row can be left without any */
#define SNUG_POINTER_STEP(r) p##r += a_depth;
#define SNUG_POINTER_JUMP(r) p##r += a_jump;
#define SNUG_POINTER_STEP_4(r) p##r += 4;

/* DO(r, v) for the V vectors of row r, and where vector v lies in a panel, and panels `panel` apart. */
#define SNUG_VECTORS_1(DO, r) DO(r, 0)
#define SNUG_VECTORS_2(DO, r) DO(r, 0) DO(r, 1)
#define SNUG_VECTORS_H(DO, r) DO(r, 0) DO##_HALF(r, 1)
#define SNUG_VECTORS_4(DO, r) DO(r, 0) DO(r, 1) DO(r, 2) DO(r, 3)
#if SNUG_TILE_VECTORS == 1
#define SNUG_VECTORS SNUG_VECTORS_1
#elif SNUG_TILE_VECTORS == 2
#define SNUG_VECTORS SNUG_VECTORS_2
#else
#define SNUG_VECTORS SNUG_VECTORS_4
#endif
#define SNUG_AT(panel, v) ((v) / SNUG_LANES * (panel) + (v) % SNUG_LANES * SNUG_VL)

#define SNUG_LOAD_B(r, v)                                     \
    const snug_vec b##v = snug_load(b + SNUG_AT(b_panel, v)); \
    (void)b##v;
#define SNUG_ONE_SUM(r, v) snug_vec c##r##_##v;
#define SNUG_ONE_ZERO(r, v) c##r##_##v = snug_set1(0.0f);
#define SNUG_LOAD_SAME(r, v) const snug_vec i##v = snug_load(init + SNUG_AT(init_panel, v));
#define SNUG_ONE_SAME(r, v) c##r##_##v = i##v;
#define SNUG_ONE_INIT(r, v) c##r##_##v = snug_load(init + SNUG_AT(init_panel, v));
#define SNUG_ONE_FMA(r, v) c##r##_##v = snug_fma(x, b##v, c##r##_##v);
#define SNUG_ONE_ADD(r, v) c##r##_##v = snug_add(c##r##_##v, snug_load(add + SNUG_AT(add_panel, v)));
#define SNUG_ONE_AT_LEAST(r, v) c##r##_##v = snug_max(low, c##r##_##v);
#define SNUG_ONE_AT_MOST(r, v) c##r##_##v = snug_min(high, c##r##_##v);
#define SNUG_ONE_STORE(r, v) snug_store(out + SNUG_AT(out_panel, v), c##r##_##v);

/* Define SNUG_GEMM_HALF before including this file for tiles of a panel and the half of the next one: where
 * two halves of a vector are multiplied and added in the time of a whole one, 24 output channels then take 86
 * % of the time (144 channels on 56x56: 0.214 ms, 0.248 ms with two panels). */
#ifdef SNUG_HALF_TILES
#define SNUG_LOW_HALF(v) _mm512_castps512_ps256(v)
#define SNUG_LOAD_B_HALF(r, v)                                    \
    const __m256 b##v = _mm256_loadu_ps(b + SNUG_AT(b_panel, v)); \
    (void)b##v;
#define SNUG_ONE_SUM_HALF(r, v) __m256 c##r##_##v;
#define SNUG_ONE_ZERO_HALF(r, v) c##r##_##v = _mm256_setzero_ps();
#define SNUG_LOAD_SAME_HALF(r, v) const __m256 i##v = _mm256_loadu_ps(init + SNUG_AT(init_panel, v));
#define SNUG_ONE_SAME_HALF(r, v) c##r##_##v = i##v;
#define SNUG_ONE_INIT_HALF(r, v) c##r##_##v = _mm256_loadu_ps(init + SNUG_AT(init_panel, v));
#define SNUG_ONE_FMA_HALF(r, v) c##r##_##v = _mm256_fmadd_ps(SNUG_LOW_HALF(x), b##v, c##r##_##v);
#define SNUG_ONE_ADD_HALF(r, v) \
    c##r##_##v = _mm256_add_ps(c##r##_##v, _mm256_loadu_ps(add + SNUG_AT(add_panel, v)));
#define SNUG_ONE_AT_LEAST_HALF(r, v) c##r##_##v = _mm256_max_ps(SNUG_LOW_HALF(low), c##r##_##v);
#define SNUG_ONE_AT_MOST_HALF(r, v) c##r##_##v = _mm256_min_ps(SNUG_LOW_HALF(high), c##r##_##v);
#define SNUG_ONE_STORE_HALF(r, v) snug_store(out + SNUG_AT(out_panel, v), _mm512_zextps256_ps512(c##r##_##v));
#endif

#define SNUG_ROW_SUM(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_SUM, r)
#define SNUG_ROW_ZERO(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_ZERO, r)
#define SNUG_ROW_SAME(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_SAME, r)
#define SNUG_ROW_INIT(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_INIT, r) init += init_row;
#define SNUG_ROW_ADD(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_ADD, r) add += add_row;
#define SNUG_ROW_AT_LEAST(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_AT_LEAST, r)
#define SNUG_ROW_AT_MOST(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_AT_MOST, r)
#define SNUG_ROW_STORE(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_STORE, r) out += out_row;
#define SNUG_ROW_FMA(r, value, V)            \
    {                                        \
        const snug_vec x = snug_set1(value); \
        SNUG_VECTORS_##V(SNUG_ONE_FMA, r)    \
    }

/* After so many steps of the innermost loop. Tiles of one vector have no load to spare, those of one and a
 * half no register. SNUG_STREAMS: whether there may be something to fetch; with AVX the tiles that large maps
 * fall into have a loop without, which takes 2 % less time. */
#define SNUG_STREAM(steps) \
    SNUG_PREFETCH(next);   \
    next += (steps) * next_step;
#define SNUG_NO_STREAM(steps)
#define SNUG_STREAMS_1(rows, g) 0
#if SNUG_VL >= 8
#define SNUG_STREAMS_2(rows, g) ((rows) < SNUG_TILE_ROWS - 1 || ((g)->stream && (g)->stream->step))
#else
#define SNUG_STREAMS_2(rows, g) 1
#endif
#define SNUG_STREAMS_H(rows, g) 0
#define SNUG_STREAMS_4(rows, g) 0

/* Four steps at a time by lanes. */
#ifdef SNUG_FMA_LANE
#define SNUG_LOAD_X(r, value, V) const snug_vec x##r = snug_load(&(value));
#define SNUG_ONE_LANE_0(r, v) c##r##_##v = SNUG_FMA_LANE(b##v, x##r, 0, c##r##_##v);
#define SNUG_ONE_LANE_1(r, v) c##r##_##v = SNUG_FMA_LANE(b##v, x##r, 1, c##r##_##v);
#define SNUG_ONE_LANE_2(r, v) c##r##_##v = SNUG_FMA_LANE(b##v, x##r, 2, c##r##_##v);
#define SNUG_ONE_LANE_3(r, v) c##r##_##v = SNUG_FMA_LANE(b##v, x##r, 3, c##r##_##v);
#define SNUG_ROW_LANE_0(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_LANE_0, r)
#define SNUG_ROW_LANE_1(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_LANE_1, r)
#define SNUG_ROW_LANE_2(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_LANE_2, r)
#define SNUG_ROW_LANE_3(r, value, V) SNUG_VECTORS_##V(SNUG_ONE_LANE_3, r)
#define SNUG_LANE_STEP(LIST, V, lane)                                                \
    {                                                                                \
        SNUG_VECTORS_##V(SNUG_LOAD_B, 0) LIST(SNUG_ROW_LANE_##lane, V) b += b_depth; \
    }
#define SNUG_LANE_LOOP(rows, V, LIST, STREAM)                   \
    if (a_depth == 1) {                                         \
        SNUG_NO_UNROLL                                          \
        for (; k >= 4; k -= 4) {                                \
            LIST(SNUG_LOAD_X, V)                                \
            SNUG_LANE_STEP(LIST, V, 0)                          \
            SNUG_LANE_STEP(LIST, V, 1)                          \
            SNUG_LANE_STEP(LIST, V, 2)                          \
            SNUG_LANE_STEP(LIST, V, 3)                          \
            SNUG_POINTERS_##rows(SNUG_POINTER_STEP_4) STREAM(4) \
        }                                                       \
    }
#else
#define SNUG_LANE_LOOP(rows, V, LIST, STREAM)
#endif

/* From one run of the innermost loop to the next, in elements of a and b. */
typedef struct snug_jump {
    ptrdiff_t a, b;
} snug_jump;

/* A tile's jumps to the next tap, row of taps and block, and what it needs at the end. Volatile, so that
 * nothing of it stays in a register while the innermost loop runs: gcc would keep what finds no room there in
 * vector registers, and fetching an address from one waits until all multiply-adds before it are done. */
typedef struct snug_walk {
    const snug_gemm *gemm;
    int32_t depth;
    snug_jump tap, row, next_block;
    const char *next;
    int32_t tiles; /* that are left, this one included */
    const float *a, *b, *init, *add;
    float *out;
} snug_walk;

/* In the last block, which may be shorter, taps and rows are at other distances. */
static inline void snug_walk_enter(volatile snug_walk *walk, int32_t depth)
{
    const snug_gemm *g = walk->gemm;
    const snug_jump tap = {g->a_x - depth * g->a_depth, g->b_x - depth * g->b_depth};
    walk->depth = depth;
    walk->tap.a = tap.a;
    walk->tap.b = tap.b;
    walk->row.a = tap.a + g->a_y - g->taps_x * g->a_x;
    walk->row.b = tap.b + g->b_y - g->taps_x * g->b_x;
}

static inline void snug_walk_begin(volatile snug_walk *walk, const snug_gemm *g)
{
    walk->gemm = g;
    snug_walk_enter(walk, g->depth);
    walk->next_block.a = walk->row.a + g->a_block - g->taps_y * g->a_y;
    walk->next_block.b = walk->row.b + g->b_block - g->taps_y * g->b_y;
    if (g->last_depth && g->blocks == 1)
        snug_walk_enter(walk, g->last_depth);
}

/* Taps and blocks that are left; in registers, but for gcc for ARMv7, which would move vectors about. */
#ifdef SNUG_FMA_LANE
#define SNUG_COUNTER volatile int32_t
#else
#define SNUG_COUNTER int32_t
#endif

/* The innermost loop for the rows in LIST. */
#define SNUG_DEPTH_LOOP(rows, V, LIST, STREAM)                                                             \
    {                                                                                                      \
        int32_t k = walk.depth;                                                                            \
        SNUG_LANE_LOOP(rows, V, LIST, STREAM)                                                              \
        SNUG_NO_UNROLL                                                                                     \
        for (; k > 0; k--) {                                                                               \
            SNUG_VECTORS_##V(SNUG_LOAD_B, 0) LIST(SNUG_ROW_FMA, V) SNUG_POINTERS_##rows(SNUG_POINTER_STEP) \
                b += b_depth;                                                                              \
            STREAM(1)                                                                                      \
        }                                                                                                  \
    }

/* Define SNUG_GEMM_BORDERS before including this file for tiles that leave out their first row in the first
 * left_taps of a row of taps, and their last row in the last right_taps: where these taps read what lies
 * beside the map. */
#ifdef SNUG_GEMM_BORDERS
#define SNUG_TAP(rows, V, STREAM)                          \
    if (x_left > walk.gemm->taps_x - walk.gemm->left_taps) \
        SNUG_DEPTH_LOOP(rows, V, SNUG_REST_##rows, STREAM) \
    else if (x_left <= walk.gemm->right_taps)              \
        SNUG_DEPTH_LOOP(rows, V, SNUG_LESS_##rows, STREAM) \
    else                                                   \
        SNUG_DEPTH_LOOP(rows, V, SNUG_ROWS_##rows, STREAM)
#else
#define SNUG_TAP(rows, V, STREAM) SNUG_DEPTH_LOOP(rows, V, SNUG_ROWS_##rows, STREAM)
#endif

/* Where machine code may be large, there are loops with constant distances. By lanes, a run has few pointers
 * to step; without vectors, the processor is one with little flash. */
#if SNUG_VL > 1 && !defined(SNUG_FMA_LANE)
#define SNUG_CONSTANT_STEPS
#endif

/* Pixels of a map in blocks of 16 channels: their runs are short, so what lies between two of them shows.
 * With constant distances one register addresses all rows, and the others hold the walk (3x3, 64 channels of
 * 56x56: 13 % less time with AVX2, 7 % with SSE2). */
#ifdef SNUG_CONSTANT_STEPS
#define SNUG_CLOSE(g) ((g)->a_row == 16)
#else
#define SNUG_CLOSE(g) 0
#endif

/* Before a run of a 1x1 convolution: the rows' lines of the next block come into the first-level cache, which
 * no hardware foresees (3 % less time). */
#define SNUG_FETCH_ROW(r, value, V) SNUG_PREFETCH_NEAR(ahead + (r) * 16);
#define SNUG_FETCH_CLOSE(rows, V)                           \
    if (walk.gemm->taps_x == 1) {                           \
        const float *const ahead = p0 + walk.gemm->a_block; \
        SNUG_ROWS_##rows(SNUG_FETCH_ROW, V)                 \
    }
#define SNUG_FETCH_FAR(rows, V)

#define SNUG_JUMP(rows, JUMP)                                     \
    {                                                             \
        const ptrdiff_t a_jump = walk.JUMP.a;                     \
        SNUG_POINTERS_##rows(SNUG_POINTER_JUMP) b += walk.JUMP.b; \
    }

/* All runs of the innermost loop, with given distances of rows and of steps. */
#define SNUG_RUNS(rows, V, A_ROW, A_DEPTH, B_DEPTH, FETCH, STREAM)                   \
    {                                                                                \
        const ptrdiff_t s = A_ROW, a_depth = A_DEPTH, b_depth = B_DEPTH;             \
        const ptrdiff_t b_panel = walk.gemm->b_panel;                                \
        const ptrdiff_t next_step = walk.gemm->stream ? walk.gemm->stream->step : 0; \
        const char *next = walk.next;                                                \
        SNUG_COUNTER blocks_left = walk.gemm->blocks, y_left, x_left;                \
        (void)s, (void)b_panel, (void)next_step;                                     \
        SNUG_POINTERS_##rows(SNUG_POINTER_BEGIN) for (;;)                            \
        {                                                                            \
            for (y_left = walk.gemm->taps_y;;) {                                     \
                for (x_left = walk.gemm->taps_x;;) {                                 \
                    FETCH(rows, V)                                                   \
                    SNUG_TAP(rows, V, STREAM)                                        \
                    if (--x_left == 0)                                               \
                        break;                                                       \
                    SNUG_JUMP(rows, tap)                                             \
                }                                                                    \
                if (--y_left == 0)                                                   \
                    break;                                                           \
                SNUG_JUMP(rows, row)                                                 \
            }                                                                        \
            if (--blocks_left == 0)                                                  \
                break;                                                               \
            SNUG_JUMP(rows, next_block)                                              \
            if (walk.gemm->last_depth && blocks_left == 1)                           \
                snug_walk_enter(&walk, walk.gemm->last_depth);                       \
        }                                                                            \
        walk.next = next;                                                            \
    }

/* Constant steps save registers and additions (RGB layers: 9 % less time with AVX2). Define
 * SNUG_GEMM_PIXEL_ROWS before including this file where all rows are pixels and all panels packed: then there
 * are no other steps. */
#define SNUG_PIXEL_RUNS(rows, V, STREAM)                        \
    if (SNUG_CLOSE(g))                                          \
        SNUG_RUNS(rows, V, 16, 1, 16, SNUG_FETCH_CLOSE, STREAM) \
    else                                                        \
        SNUG_RUNS(rows, V, g->a_row, 1, 16, SNUG_FETCH_FAR, STREAM)
#define SNUG_ANY_RUNS(rows, V, STREAM) \
    SNUG_RUNS(rows, V, g->a_row, g->a_depth, g->b_depth, SNUG_FETCH_FAR, STREAM)
#if defined(SNUG_GEMM_PIXEL_ROWS)
#define SNUG_ALL_RUNS SNUG_PIXEL_RUNS
#elif defined(SNUG_CONSTANT_STEPS)
#define SNUG_ALL_RUNS(rows, V, STREAM)       \
    if (g->a_depth == 1 && g->b_depth == 16) \
        SNUG_PIXEL_RUNS(rows, V, STREAM)     \
    else                                     \
        SNUG_ANY_RUNS(rows, V, STREAM)
#else
#define SNUG_ALL_RUNS SNUG_ANY_RUNS
#endif

/* `tiles` tiles below one another. init and add may be NULL. */
/* clang-format off */
#define SNUG_TILE_FUNCTION(rows, V)                                                          \
    static SNUG_NOINLINE void snug_tile_##rows##x##V(const snug_gemm *g, int32_t tiles,      \
                                                     const float *a, const float *b,         \
                                                     const float *init, const float *add,    \
                                                     float *out)                             \
    {                                                                                        \
        volatile snug_walk walk;                                                             \
        walk.tiles = tiles;                                                                  \
        walk.b = b;                                                                          \
        walk.next = g->stream ? g->stream->at : (const char *)a;                             \
        snug_walk_begin(&walk, g);                                                           \
        for (;;) {                                                                           \
            SNUG_ROWS_##rows(SNUG_ROW_SUM, V)                                                \
            const ptrdiff_t init_row = g->init_row, init_panel = g->init_panel;              \
            (void)init_panel;                                                                \
            walk.init = init;                                                                \
            if (!init) {                                                                     \
                SNUG_ROWS_##rows(SNUG_ROW_ZERO, V)                                           \
            } else if (init_row == 0) {                                                      \
                SNUG_VECTORS_##V(SNUG_LOAD_SAME, 0) SNUG_ROWS_##rows(SNUG_ROW_SAME, V)       \
            } else {                                                                         \
                SNUG_ROWS_##rows(SNUG_ROW_INIT, V)                                           \
                walk.init = init;                                                            \
            }                                                                                \
            walk.a = a;                                                                      \
            walk.add = add;                                                                  \
            walk.out = out;                                                                  \
            if (g->blocks > 0 && g->taps_y > 0 && g->taps_x > 0) {                           \
                if (SNUG_STREAMS_##V(rows, g)) {                                             \
                    SNUG_ALL_RUNS(rows, V, SNUG_STREAM)                                      \
                } else {                                                                     \
                    SNUG_ALL_RUNS(rows, V, SNUG_NO_STREAM)                                   \
                }                                                                            \
            }                                                                                \
            g = walk.gemm;                                                                   \
            add = walk.add;                                                                  \
            out = walk.out;                                                                  \
            if (add) {                                                                       \
                const ptrdiff_t add_row = g->add_row, add_panel = g->add_panel;              \
                (void)add_panel;                                                             \
                SNUG_ROWS_##rows(SNUG_ROW_ADD, V)                                            \
            }                                                                                \
            if (g->clamp) {                                                                  \
                const snug_vec low = snug_set1(g->low);                                      \
                SNUG_ROWS_##rows(SNUG_ROW_AT_LEAST, V)                                       \
                if (g->high < HUGE_VALF) {                                                   \
                    const snug_vec high = snug_set1(g->high);                                \
                    SNUG_ROWS_##rows(SNUG_ROW_AT_MOST, V)                                    \
                }                                                                            \
            }                                                                                \
            const ptrdiff_t out_row = g->out_row, out_panel = g->out_panel;                  \
            (void)out_panel;                                                                 \
            SNUG_ROWS_##rows(SNUG_ROW_STORE, V)                                              \
            if (--walk.tiles == 0)                                                           \
                break;                                                                       \
            a = walk.a + (rows) * g->a_row;                                                  \
            b = walk.b;                                                                      \
            init = walk.init;                                                                \
            if (g->last_depth)                                                               \
                snug_walk_begin(&walk, g);                                                   \
        }                                                                                    \
        if (g->stream)                                                                       \
            g->stream->at = walk.next;                                                       \
    }
/* clang-format on */

/* DO(rows, V) for all shapes of V vectors. */
#define SNUG_SHAPES_3(DO, V) DO(1, V) DO(2, V) DO(3, V)
#define SNUG_SHAPES_4(DO, V) SNUG_SHAPES_3(DO, V) DO(4, V)
#define SNUG_SHAPES_6(DO, V) SNUG_SHAPES_4(DO, V) DO(5, V) DO(6, V)
#define SNUG_SHAPES_7(DO, V) SNUG_SHAPES_6(DO, V) DO(7, V)
#define SNUG_SHAPES_8(DO, V) SNUG_SHAPES_7(DO, V) DO(8, V)
#define SNUG_SHAPES_14(DO, V) SNUG_SHAPES_8(DO, V) DO(9, V) DO(10, V) DO(11, V) DO(12, V) DO(13, V) DO(14, V)
#define SNUG_SHAPES(count, DO, V) SNUG_SHAPES_##count(DO, V)
#define SNUG_ALL_SHAPES(count, DO, V) SNUG_SHAPES(count, DO, V)
#define SNUG_TILE_NAME(rows, V) snug_tile_##rows##x##V,

typedef void (*snug_tile)(const snug_gemm *, int32_t, const float *, const float *, const float *,
                          const float *, float *);

/* cppcheck-suppress uselessAssignmentPtrArg */
SNUG_ALL_SHAPES(SNUG_TILE_ROWS, SNUG_TILE_FUNCTION, SNUG_TILE_VECTORS)
static const snug_tile snug_tiles[] = {SNUG_ALL_SHAPES(SNUG_TILE_ROWS, SNUG_TILE_NAME, SNUG_TILE_VECTORS)};
#ifdef SNUG_WIDE_TILES
/* cppcheck-suppress uselessAssignmentPtrArg */
SNUG_ALL_SHAPES(SNUG_TILE_ROWS, SNUG_TILE_FUNCTION, 2)
static const snug_tile snug_wide_tiles[] = {SNUG_ALL_SHAPES(SNUG_TILE_ROWS, SNUG_TILE_NAME, 2)};
#endif
#ifdef SNUG_HALF_TILES
/* cppcheck-suppress uselessAssignmentPtrArg */
SNUG_ALL_SHAPES(SNUG_TILE_ROWS, SNUG_TILE_FUNCTION, H)
static const snug_tile snug_half_tiles[] = {SNUG_ALL_SHAPES(SNUG_TILE_ROWS, SNUG_TILE_NAME, H)};
#endif

#endif
