/* gemv_24bit.h - gemv.h with weights of 24 bits: as it is memory that bounds the speed, three quarters of the
 * bytes take three quarters of the time.
 *
 * Weights: gemv_24bit_plan.h. A sum grows to 2^29 times the largest input before it is scaled: inputs above
 * 1e29 overflow to infinity.
 *
 * Workspace in floats: the input in the order of the steps, made a multiple of four long with zeros. */
#ifndef SNUG_GEMV_24BIT_H
#define SNUG_GEMV_24BIT_H

#include <string.h>

#include "gemv.h"
#include "gemv_24bit_plan.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weights of 24 bits are packed for little-endian targets; compile the model with --primitives classic"
#endif

/* SNUG_VL weights over their scale. */
#if SNUG_VL == 16
static inline snug_vec snug_load_24bit(const uint16_t *low, const int8_t *high)
{
    const __m512i top = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)high));
    const __m512i rest = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)low));
    return _mm512_cvtepi32_ps(_mm512_or_si512(_mm512_slli_epi32(top, 16), rest));
}
#elif SNUG_VL == 8 && defined(__AVX2__)
static inline snug_vec snug_load_24bit(const uint16_t *low, const int8_t *high)
{
    const __m256i top = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)high));
    const __m256i rest = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)low));
    return _mm256_cvtepi32_ps(_mm256_or_si256(_mm256_slli_epi32(top, 16), rest));
}
#elif SNUG_VL == 4 && defined(__SSE2__)
static inline snug_vec snug_load_24bit(const uint16_t *low, const int8_t *high)
{
    const __m128i zero = _mm_setzero_si128();
    int32_t bytes;
    memcpy(&bytes, high, sizeof(bytes));
    const __m128i top = _mm_unpacklo_epi16(zero, _mm_unpacklo_epi8(zero, _mm_cvtsi32_si128(bytes)));
    const __m128i rest = _mm_unpacklo_epi16(_mm_loadl_epi64((const __m128i *)(const void *)low), zero);
    return _mm_cvtepi32_ps(_mm_or_si128(_mm_srai_epi32(top, 8), rest));
}
#elif SNUG_VL == 4 && (defined(__arm__) || defined(__aarch64__))
static inline snug_vec snug_load_24bit(const uint16_t *low, const int8_t *high)
{
    uint32_t bytes;
    memcpy(&bytes, high, sizeof(bytes));
    const int16x4_t top = vget_low_s16(vmovl_s8(vreinterpret_s8_u32(vdup_n_u32(bytes))));
    const int32x4_t rest = vreinterpretq_s32_u32(vmovl_u16(vld1_u16(low)));
    return vcvtq_f32_s32(vorrq_s32(vshlq_n_s32(vmovl_s16(top), 16), rest));
}
#else
static inline snug_vec snug_load_24bit(const uint16_t *low, const int8_t *high)
{
    float weights[SNUG_VL];
    for (int lane = 0; lane < SNUG_VL; lane++)
        weights[lane] = (float)(high[lane] * 65536 + low[lane]);
    return snug_load(weights);
}
#endif

/* So many bytes ahead of where they are needed, weights come into the first-level cache. */
#define SNUG_24BIT_AHEAD_BYTES 2304

#define SNUG_24BIT_BEGIN(r)     \
    const unsigned char *q##r = \
        (const unsigned char *)weights + ((r) < panels ? (r) : panels - 1) * panel_bytes;
#define SNUG_24BIT_STRETCH_BEGIN(r)                                  \
    const float *const scale##r = (const float *)(const void *)q##r; \
    q##r += SNUG_24BIT_SCALE_BYTES;                                  \
    SNUG_GEMV_PANEL_ZERO(r)
#define SNUG_24BIT_FOUR_BEGIN(r)                                                    \
    const uint16_t *low##r = (const uint16_t *)(const void *)q##r;                  \
    const int8_t *high##r = (const int8_t *)(q##r + SNUG_24BIT_FOUR_BYTES * 2 / 3); \
    SNUG_PREFETCH_NEAR(q##r + SNUG_24BIT_AHEAD_BYTES);                              \
    SNUG_PREFETCH_NEAR(q##r + SNUG_24BIT_AHEAD_BYTES + 64);                         \
    SNUG_PREFETCH_NEAR(q##r + SNUG_24BIT_AHEAD_BYTES + 128);                        \
    q##r += SNUG_24BIT_FOUR_BYTES;
#define SNUG_24BIT_FMA(r, v) \
    c##r##_##v = snug_fma(x, snug_load_24bit(low##r + (v) * SNUG_VL, high##r + (v) * SNUG_VL), c##r##_##v);
#define SNUG_24BIT_STEP(r)               \
    SNUG_GEMV_VECTORS(SNUG_24BIT_FMA, r) \
    low##r += 16;                        \
    high##r += 16;
#define SNUG_24BIT_ADD(r, v)                                                                              \
    snug_store(sums + 16 * (r) + (v) * SNUG_VL, snug_fma(c##r##_##v, snug_load(scale##r + (v) * SNUG_VL), \
                                                         snug_load(sums + 16 * (r) + (v) * SNUG_VL)));
#define SNUG_24BIT_STRETCH_END(r) SNUG_GEMV_VECTORS(SNUG_24BIT_ADD, r)

/* The sums of 1 ... SNUG_GEMV_PANELS panels of `fours` times four steps; see snug_gemv_piece. */
static SNUG_NOINLINE void snug_gemv_24bit_panels(int32_t fours, const float *input, const void *weights,
                                                 int32_t panels, ptrdiff_t panel_bytes, float *sums)
{
    SNUG_GEMV_EACH(SNUG_24BIT_BEGIN)
    for (int32_t lane = 0; lane < SNUG_GEMV_PANELS * 16; lane++)
        sums[lane] = 0.0f;
    while (fours > 0) {
        SNUG_GEMV_EACH(SNUG_24BIT_STRETCH_BEGIN)
        int32_t four = fours < SNUG_24BIT_STRETCH / 4 ? fours : SNUG_24BIT_STRETCH / 4;
        fours -= four;
        SNUG_NO_UNROLL
        for (; four > 0; four--) {
            SNUG_GEMV_EACH(SNUG_24BIT_FOUR_BEGIN)
            for (int step = 0; step < 4; step++) {
                const snug_vec x = snug_set1(*input++);
                SNUG_GEMV_EACH(SNUG_24BIT_STEP)
            }
        }
        SNUG_GEMV_EACH(SNUG_24BIT_STRETCH_END)
    }
}

/* The input in the order of the steps. Returns how many fours there are. */
static inline int32_t snug_gemv_24bit_input(const snug_gemm *g, const float *input, float *steps)
{
    int32_t count = 0;
    for (int32_t block = 0; block < g->blocks; block++)
        for (int32_t y = 0; y < g->taps_y; y++)
            for (int32_t tap = 0; tap < g->taps_x; tap++) {
                const float *p = input + block * g->a_block + y * g->a_y + tap * g->a_x;
                for (int32_t k = 0; k < g->depth; k++)
                    steps[count++] = p[k * g->a_depth];
            }
    for (; count % 4 != 0; count++)
        steps[count] = 0.0f;
    return count / 4;
}

/* All outputs; see snug_gemv. */
static inline void snug_gemv_24bit(const snug_layer *l, snug_gemm g, int32_t block, const float *input,
                                   const void *weights, const float *bias, const float *residual,
                                   float *output, float *workspace)
{
    const int32_t fours = snug_gemv_24bit_input(&g, input, workspace);
    const ptrdiff_t panel_bytes = snug_24bit_panel_bytes((ptrdiff_t)fours * 4);
    const int32_t panels = (l->out_channels + 15) / 16;
    for (int32_t panel = 0; panel < panels; panel += SNUG_GEMV_PANELS) {
        float sums[SNUG_GEMV_PANELS * 16];
        snug_gemv_24bit_panels(fours, workspace, (const unsigned char *)weights + panel * panel_bytes,
                               panels - panel, panel_bytes, sums);
        snug_gemv_store(l, block, panel, sums, bias, residual, output);
    }
}

#endif
