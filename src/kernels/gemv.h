/* gemv.h - a matrix times a vector, for fully connected layers: two panels of 16 outputs side by side. */
#ifndef SNUG_GEMV_H
#define SNUG_GEMV_H

#include "direct.h"
#include "gemm.h"

#define SNUG_GEMV_ZERO(r, v) snug_vec c##r##_##v = snug_set1(0.0f);
#define SNUG_GEMV_EVEN(r, v) c##r##_##v = snug_fma(x, snug_load(b##r + (v) * SNUG_VL), c##r##_##v);
#define SNUG_GEMV_ODD(r, v) d##r##_##v = snug_fma(x, snug_load(b##r + 16 + (v) * SNUG_VL), d##r##_##v);
#define SNUG_GEMV_ZERO_ODD(r, v) snug_vec d##r##_##v = snug_set1(0.0f);
#define SNUG_GEMV_STORE(r, v) snug_store(sums + 16 * (r) + (v) * SNUG_VL, snug_add(c##r##_##v, d##r##_##v));

/* SNUG_TILE_LANES sums of two panels (which may be the same). Even and odd steps have accumulators of their
 * own: the additions' latency would bound the speed otherwise. */
static SNUG_NOINLINE void snug_gemv_panels(const snug_gemm *g, const float *a, const float *panel0,
                                           const float *panel1, float *sums)
{
    SNUG_VECTORS(SNUG_GEMV_ZERO, 0)
    SNUG_VECTORS(SNUG_GEMV_ZERO, 1)
    SNUG_VECTORS(SNUG_GEMV_ZERO_ODD, 0)
    SNUG_VECTORS(SNUG_GEMV_ZERO_ODD, 1)
    for (int32_t block = 0; block < g->blocks; block++)
        for (int32_t y = 0; y < g->taps_y; y++)
            for (int32_t tap = 0; tap < g->taps_x; tap++) {
                const ptrdiff_t first = block * g->b_block + y * g->b_y + tap * g->b_x;
                const float *p = a + block * g->a_block + y * g->a_y + tap * g->a_x;
                const float *b0 = panel0 + first, *b1 = panel1 + first;
                int32_t k = g->depth;
                SNUG_NO_UNROLL
                for (; k > 1; k -= 2, b0 += 32, b1 += 32) {
                    snug_vec x = snug_set1(*p);
                    SNUG_VECTORS(SNUG_GEMV_EVEN, 0)
                    SNUG_VECTORS(SNUG_GEMV_EVEN, 1)
                    p += g->a_depth;
                    x = snug_set1(*p);
                    SNUG_VECTORS(SNUG_GEMV_ODD, 0)
                    SNUG_VECTORS(SNUG_GEMV_ODD, 1)
                    p += g->a_depth;
                }
                if (k) {
                    const snug_vec x = snug_set1(*p);
                    SNUG_VECTORS(SNUG_GEMV_EVEN, 0)
                    SNUG_VECTORS(SNUG_GEMV_EVEN, 1)
                }
            }
    SNUG_VECTORS(SNUG_GEMV_STORE, 0)
    SNUG_VECTORS(SNUG_GEMV_STORE, 1)
}

/* All 32 sums of two panels. */
static inline void snug_gemv_piece(const snug_gemm *g, const float *a, const float *panel0,
                                   const float *panel1, float *sums)
{
    for (int32_t lane = 0; lane < 16; lane += SNUG_TILE_LANES)
        snug_gemv_panels(g, a, panel0 + lane, panel1 + lane, sums + lane);
}

/* The same in stretches (stretches.h). */
static SNUG_NOINLINE void snug_gemv_long(const snug_gemm *g, const float *a, const float *panel0,
                                         const float *panel1, float *sums)
{
    for (int32_t lane = 0; lane < 32; lane++)
        sums[lane] = 0.0f;
    for (snug_stretch s = snug_no_stretch(g); snug_next_stretch(g, &s);) {
        float stretch[32];
        snug_gemv_piece(&s.gemm, a + s.a, panel0 + s.b, panel1 + s.b, stretch);
        for (int32_t lane = 0; lane < 32; lane++)
            sums[lane] += stretch[lane];
    }
}

/* All outputs. block: channels that lie together in the output (chw 1, hwc all, c16 16). Lanes that fill up
 * the last block of c16 are stored too. */
static inline void snug_gemv(const snug_layer *l, snug_gemm *g, int32_t block, const float *input,
                             const float *weights, const float *bias, const float *residual, float *output)
{
    const ptrdiff_t panel_floats = g->blocks * g->b_block;
    const int32_t panels = (l->out_channels + 15) / 16;
    const int32_t stored = block == 16 ? panels * 16 : l->out_channels;
    snug_gemm_merge(g);
    const int64_t steps = snug_gemm_steps(g);
    for (int32_t panel = 0; panel < panels; panel += 2) {
        float sums[32];
        const float *panel0 = weights + panel * panel_floats;
        const float *panel1 = panel + 1 < panels ? panel0 + panel_floats : panel0;
        if (steps > 2 * SNUG_LONGEST_SUM) /* even and odd steps are a sum each */
            snug_gemv_long(g, input, panel0, panel1, sums);
        else
            snug_gemv_piece(g, input, panel0, panel1, sums);
        for (int32_t lane = 0; lane < 32 && panel * 16 + lane < stored; lane++) {
            const int32_t o = panel * 16 + lane;
            float sum = sums[lane] + bias[o];
            if (residual)
                sum += residual[snug_channel(block, o, l->other_plane)];
            output[snug_channel(block, o, l->out_plane)] = snug_activated(l, sum);
        }
    }
}

#endif
