/* gemv.h - a matrix times a vector, for fully connected layers: up to four panels of 16 outputs side by
 * side. */
#ifndef SNUG_GEMV_H
#define SNUG_GEMV_H

#include "any_rows.h"
#include "direct.h"
#include "gemm.h"

/* Panels that are read side by side, each a stream for the prefetcher, and the vectors of a panel. Sums of
 * eight vectors hide the latency of the additions; with vectors of 16 four do, since memory gives no more
 * than one every ten cycles. */
#if SNUG_VL == 16
#define SNUG_GEMV_PANELS 4
#define SNUG_GEMV_VECTORS SNUG_VECTORS_1
#define SNUG_GEMV_EACH(DO) DO(0) DO(1) DO(2) DO(3)
#elif SNUG_VL == 8
#define SNUG_GEMV_PANELS 4
#define SNUG_GEMV_VECTORS SNUG_VECTORS_2
#define SNUG_GEMV_EACH(DO) DO(0) DO(1) DO(2) DO(3)
#elif SNUG_VL == 4
#define SNUG_GEMV_PANELS 2
#define SNUG_GEMV_VECTORS SNUG_VECTORS_4
#define SNUG_GEMV_EACH(DO) DO(0) DO(1)
#else
#define SNUG_GEMV_PANELS 1
#define SNUG_GEMV_VECTORS(DO, r) \
    SNUG_VECTORS_4(DO, r)        \
    DO(r, 4)                     \
    DO(r, 5) DO(r, 6) DO(r, 7) DO(r, 8) DO(r, 9) DO(r, 10) DO(r, 11) DO(r, 12) DO(r, 13) DO(r, 14) DO(r, 15)
#define SNUG_GEMV_EACH(DO) DO(0)
#endif

/* So many floats ahead of where they are needed, weights come into the second-level cache. */
#define SNUG_GEMV_AHEAD 128

#define SNUG_GEMV_ZERO(r, v) snug_vec c##r##_##v = snug_set1(0.0f);
#define SNUG_GEMV_FMA(r, v) c##r##_##v = snug_fma(x, snug_load(b##r + (v) * SNUG_VL), c##r##_##v);
#define SNUG_GEMV_STORE(r, v) snug_store(sums + 16 * (r) + (v) * SNUG_VL, c##r##_##v);
#define SNUG_GEMV_PANEL_ZERO(r) SNUG_GEMV_VECTORS(SNUG_GEMV_ZERO, r)
#define SNUG_GEMV_PANEL_STORE(r) SNUG_GEMV_VECTORS(SNUG_GEMV_STORE, r)
#define SNUG_GEMV_PANEL_BEGIN(r) \
    const float *b##r = b + ((r) < panels ? (r) : panels - 1) * panel_floats + first;
#define SNUG_GEMV_PANEL_STEP(r)            \
    SNUG_GEMV_VECTORS(SNUG_GEMV_FMA, r)    \
    SNUG_PREFETCH(b##r + SNUG_GEMV_AHEAD); \
    b##r += 16;

/* The sums of 1 ... SNUG_GEMV_PANELS panels, of which sums has room for all: those behind the last are the
 * last's again. */
static SNUG_NOINLINE void snug_gemv_piece(const snug_gemm *g, const float *a, const float *b, int32_t panels,
                                          ptrdiff_t panel_floats, float *sums)
{
    SNUG_GEMV_EACH(SNUG_GEMV_PANEL_ZERO)
    for (int32_t block = 0; block < g->blocks; block++)
        for (int32_t y = 0; y < g->taps_y; y++)
            for (int32_t tap = 0; tap < g->taps_x; tap++) {
                const ptrdiff_t first = block * g->b_block + y * g->b_y + tap * g->b_x;
                const float *p = a + block * g->a_block + y * g->a_y + tap * g->a_x;
                SNUG_GEMV_EACH(SNUG_GEMV_PANEL_BEGIN)
                SNUG_NO_UNROLL
                for (int32_t k = g->depth; k > 0; k--) {
                    const snug_vec x = snug_set1(*p);
                    SNUG_GEMV_EACH(SNUG_GEMV_PANEL_STEP)
                    p += g->a_depth;
                }
            }
    SNUG_GEMV_EACH(SNUG_GEMV_PANEL_STORE)
}

/* The same in stretches (stretches.h). */
static SNUG_NOINLINE void snug_gemv_long(const snug_gemm *g, const float *a, const float *b, int32_t panels,
                                         ptrdiff_t panel_floats, float *sums)
{
    for (int32_t lane = 0; lane < SNUG_GEMV_PANELS * 16; lane++)
        sums[lane] = 0.0f;
    for (snug_stretch s = snug_no_stretch(g); snug_next_stretch(g, &s);) {
        float stretch[SNUG_GEMV_PANELS * 16];
        snug_gemv_piece(&s.gemm, a + s.a, b + s.b, panels, panel_floats, stretch);
        for (int32_t lane = 0; lane < SNUG_GEMV_PANELS * 16; lane++)
            sums[lane] += stretch[lane];
    }
}

/* How the sum of a layer whose kernel covers the input runs over planar, interleaved and blocked maps. */
static inline snug_gemm snug_gemv_chw(const snug_layer *layer)
{
    snug_gemm g = {0};
    g.blocks = layer->in_channels;
    g.taps_y = layer->in_height;
    g.taps_x = 1;
    g.depth = layer->in_width;
    g.a_block = layer->in_plane;
    g.a_y = layer->in_row;
    g.a_depth = layer->in_pixel;
    g.b_depth = 16;
    g.b_y = g.depth * g.b_depth;
    g.b_block = g.taps_y * g.b_y;
    return g;
}

static inline snug_gemm snug_gemv_blocks(const snug_layer *layer, int32_t blocks, int32_t channels)
{
    snug_gemm g = {0};
    g.blocks = blocks;
    g.taps_y = layer->in_height;
    g.taps_x = layer->in_width;
    g.depth = channels;
    g.a_block = layer->in_plane;
    g.a_y = layer->in_row;
    g.a_x = layer->in_pixel;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_x = g.depth * g.b_depth;
    g.b_y = g.taps_x * g.b_x;
    g.b_block = g.taps_y * g.b_y;
    return g;
}

static inline snug_gemm snug_gemv_hwc(const snug_layer *layer)
{
    return snug_gemv_blocks(layer, 1, layer->in_channels);
}

static inline snug_gemm snug_gemv_c16(const snug_layer *layer)
{
    return snug_gemv_blocks(layer, (layer->in_channels + 15) / 16, 16);
}

/* Sums of the panels from `panel` on become outputs. block: channels that lie together in the output (chw 1,
 * hwc all, c16 16). Lanes that fill up the last block of c16 are stored too. */
static inline void snug_gemv_store(const snug_layer *l, int32_t block, int32_t panel, const float *sums,
                                   const float *bias, const float *residual, float *output)
{
    const int32_t stored = block == 16 ? (l->out_channels + 15) / 16 * 16 : l->out_channels;
    for (int32_t lane = 0; lane < SNUG_GEMV_PANELS * 16 && panel * 16 + lane < stored; lane++) {
        const int32_t o = panel * 16 + lane;
        float sum = sums[lane] + bias[o];
        if (residual)
            sum += residual[snug_channel(block, o, l->other_plane)];
        output[snug_channel(block, o, l->out_plane)] = snug_activated(l, sum);
    }
}

/* All outputs. */
static inline void snug_gemv(const snug_layer *l, snug_gemm g, int32_t block, const float *input,
                             const float *weights, const float *bias, const float *residual, float *output)
{
    const ptrdiff_t panel_floats = g.blocks * g.b_block;
    const int32_t panels = (l->out_channels + 15) / 16;
    snug_gemm_merge(&g);
    const int64_t steps = snug_gemm_steps(&g);
    for (int32_t panel = 0; panel < panels; panel += SNUG_GEMV_PANELS) {
        float sums[SNUG_GEMV_PANELS * 16];
        const float *b = weights + panel * panel_floats;
        if (steps > SNUG_LONGEST_SUM)
            snug_gemv_long(&g, input, b, panels - panel, panel_floats, sums);
        else
            snug_gemv_piece(&g, input, b, panels - panel, panel_floats, sums);
        snug_gemv_store(l, block, panel, sums, bias, residual, output);
    }
}

#endif
