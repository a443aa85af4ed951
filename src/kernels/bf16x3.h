/* bf16x3.h - matrix products of floats by tiles of bfloat16 (AMX), for conv_bf16x3_c16.
 *
 * The idea. A bfloat16 is the upper half of a float: 8 bits of its 24. Three of them add up to it exactly,
 * each the upper half of what the ones before leave over:
 *
 *     x = x0 + x1 + x2,   x1 < x0 / 2^7,   x2 < x0 / 2^15
 *
 * A product of two floats is nine products of parts, which are exact in a float. Six of them,
 *
 *     x0 w0 + (x0 w1 + x1 w0) + (x0 w2 + x1 w1 + x2 w0),
 *
 * miss less than x w / 2^21, and as little as a rounding of a float, x w / 2^24, in the mean. Where the unit
 * for tiles multiplies bfloat16 16 times as fast as vectors multiply floats, six products are 2.7 times as
 * fast as one.
 *
 * Source. Henry, Tang and Heinecke, Leveraging the bfloat16 Artificial Intelligence Datatype For
 * Higher-Precision Computations, arXiv 1904.06376, 2019, section III; the tiles as in Intel's Architecture
 * Instruction Set Extensions, chapter 3.
 *
 * Numbers. Sums of 256 products are made in a tile and added up outside: they are as exact as those of other
 * kernels. Parts below 2^-126 count as zero. What is infinite, and what is not a number, makes all sums that
 * it is part of not a number.
 *
 * Without AMX, or where the operating system does not allow it, the same parts are added up and multiplied as
 * floats: right, and slow. */
#ifndef SNUG_BF16X3_H
#define SNUG_BF16X3_H

#include <string.h>

#include "bf16x3_plan.h"
#include "epilogue.h"

enum { SNUG_BF16X3_GROUPS = 6 };

/* The parts of 32 floats, of which those at low[i] and high[i] share a word. high: NULL where they are 0. */
static inline void snug_bf16x3_split(const float *low, const float *high, uint32_t *words, ptrdiff_t part)
{
#if SNUG_VL == 16
    const __m512i upper = _mm512_set1_epi32((int32_t)0xffff0000U);
    __m512i a = _mm512_loadu_si512(low), b = high ? _mm512_loadu_si512(high) : _mm512_setzero_si512();
    for (int32_t p = 0; p < SNUG_BF16X3_PARTS; p++) {
        const __m512i a_upper = _mm512_and_si512(a, upper), b_upper = _mm512_and_si512(b, upper);
        _mm512_storeu_si512(words + p * part, _mm512_or_si512(_mm512_srli_epi32(a, 16), b_upper));
        a = _mm512_castps_si512(_mm512_sub_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(a_upper)));
        b = _mm512_castps_si512(_mm512_sub_ps(_mm512_castsi512_ps(b), _mm512_castsi512_ps(b_upper)));
    }
#else
    for (int32_t i = 0; i < 16; i++) {
        float rest[2] = {low[i], high ? high[i] : 0.0f};
        for (int32_t p = 0; p < SNUG_BF16X3_PARTS; p++) {
            uint32_t bits[2];
            float upper[2];
            memcpy(bits, rest, sizeof(bits));
            words[p * part + i] = bits[0] >> 16 | (bits[1] & 0xffff0000U);
            bits[0] &= 0xffff0000U;
            bits[1] &= 0xffff0000U;
            memcpy(upper, bits, sizeof(upper));
            rest[0] -= upper[0];
            rest[1] -= upper[1];
        }
    }
#endif
}

#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__linux__) && SNUG_VL == 16
#define SNUG_AMX

/* Asks the operating system for the tiles (arch_prctl ARCH_REQ_XCOMP_PERM, XTILEDATA), and gives them their
 * shape: 16 rows of 64 bytes. */
static inline int snug_amx_begin(void)
{
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(158L), "D"(0x1023L), "S"(18L) : "rcx", "r11", "memory");
    if (result != 0)
        return 0;
    _tile_loadconfig(&shape);
    return 1;
}

static inline void snug_amx_end(int amx)
{
    if (amx)
        _tile_release();
}

/* Compilers do not see that tiles are read from memory and written to it. */
#define SNUG_AMX_MEMORY() __asm__ volatile("" ::: "memory")

#define SNUG_AMX_LOAD(tile, words) _tile_loadd(tile, words, 64)
#define SNUG_AMX_ADD(sum, pixels, outputs) _tile_dpbf16ps(sum, pixels, outputs)
#define SNUG_AMX_STORE(tile, words) _tile_stored(tile, words, 64)

/* The products of a step in six groups: x w2, x w1, x w0, x1 w0, x1 w1, x2 w0 for the parts x, x1, x2 of 16
 * pixels, or of 32 (`more`), and w, w1, w2 of 16 outputs, or of 32 (`wide`; then parts are pairs of tiles).
 * Tiles 0 to 3 are sums [pixels][outputs], 4 and 5 hold pixels, 6 and 7 outputs; each is loaded some products
 * before it is used. more, wide: numbers. */
static inline void snug_amx_group(int more, int wide, int32_t group, const uint32_t *x, const uint32_t *x1,
                                  const uint32_t *x2, const uint32_t *w)
{
    const ptrdiff_t part = wide ? 2 * SNUG_BF16X3_TILE_WORDS : SNUG_BF16X3_TILE_WORDS;
    const uint32_t *const w1 = w + part, *const w2 = w1 + part;
#define SNUG_AMX_IF(condition, DO) \
    if (condition)                 \
    DO
    switch (group) {
    case 0:
        SNUG_AMX_LOAD(4, x);
        SNUG_AMX_LOAD(6, w2);
        SNUG_AMX_ADD(0, 4, 6);
        SNUG_AMX_IF(wide, SNUG_AMX_LOAD(7, w2 + SNUG_BF16X3_TILE_WORDS));
        SNUG_AMX_IF(wide, SNUG_AMX_ADD(1, 4, 7));
        SNUG_AMX_IF(more, SNUG_AMX_LOAD(5, x + SNUG_BF16X3_TILE_WORDS));
        SNUG_AMX_IF(more, SNUG_AMX_ADD(2, 5, 6));
        SNUG_AMX_LOAD(6, w1);
        SNUG_AMX_IF(more && wide, SNUG_AMX_ADD(3, 5, 7));
        SNUG_AMX_IF(wide, SNUG_AMX_LOAD(7, w1 + SNUG_BF16X3_TILE_WORDS));
        break;
    case 1:
        SNUG_AMX_ADD(0, 4, 6);
        SNUG_AMX_IF(more, SNUG_AMX_ADD(2, 5, 6));
        SNUG_AMX_LOAD(6, w);
        SNUG_AMX_IF(wide, SNUG_AMX_ADD(1, 4, 7));
        SNUG_AMX_IF(more && wide, SNUG_AMX_ADD(3, 5, 7));
        SNUG_AMX_IF(wide, SNUG_AMX_LOAD(7, w + SNUG_BF16X3_TILE_WORDS));
        break;
    case 2:
        SNUG_AMX_ADD(0, 4, 6);
        SNUG_AMX_IF(more, SNUG_AMX_ADD(2, 5, 6));
        SNUG_AMX_IF(wide, SNUG_AMX_ADD(1, 4, 7));
        SNUG_AMX_LOAD(4, x1);
        SNUG_AMX_IF(more && wide, SNUG_AMX_ADD(3, 5, 7));
        SNUG_AMX_IF(more, SNUG_AMX_LOAD(5, x1 + SNUG_BF16X3_TILE_WORDS));
        break;
    case 3:
        SNUG_AMX_ADD(0, 4, 6);
        SNUG_AMX_IF(wide, SNUG_AMX_ADD(1, 4, 7));
        SNUG_AMX_IF(more, SNUG_AMX_ADD(2, 5, 6));
        SNUG_AMX_LOAD(6, w1);
        SNUG_AMX_IF(more && wide, SNUG_AMX_ADD(3, 5, 7));
        SNUG_AMX_IF(wide, SNUG_AMX_LOAD(7, w1 + SNUG_BF16X3_TILE_WORDS));
        break;
    case 4:
        SNUG_AMX_ADD(0, 4, 6);
        SNUG_AMX_IF(more, SNUG_AMX_ADD(2, 5, 6));
        SNUG_AMX_LOAD(6, w);
        SNUG_AMX_IF(wide, SNUG_AMX_ADD(1, 4, 7));
        SNUG_AMX_LOAD(4, x2);
        SNUG_AMX_IF(more && wide, SNUG_AMX_ADD(3, 5, 7));
        SNUG_AMX_IF(wide, SNUG_AMX_LOAD(7, w + SNUG_BF16X3_TILE_WORDS));
        break;
    default:
        SNUG_AMX_ADD(0, 4, 6);
        SNUG_AMX_IF(more, SNUG_AMX_LOAD(5, x2 + SNUG_BF16X3_TILE_WORDS));
        SNUG_AMX_IF(wide, SNUG_AMX_ADD(1, 4, 7));
        SNUG_AMX_IF(more, SNUG_AMX_ADD(2, 5, 6));
        SNUG_AMX_IF(more && wide, SNUG_AMX_ADD(3, 5, 7));
        break;
    }
#undef SNUG_AMX_IF
}
#else
static inline int snug_amx_begin(void) { return 0; }
static inline void snug_amx_end(int amx) { (void)amx; }
#endif

/* The floats that the halves of words are the upper halves of, summed over the parts. */
static inline void snug_bf16x3_join(const uint32_t *words, ptrdiff_t part, float *low, float *high)
{
    float sums[2] = {0, 0};
    for (int32_t p = SNUG_BF16X3_PARTS - 1; p >= 0; p--) {
        const uint32_t halves[2] = {words[p * part] << 16, words[p * part] & 0xffff0000U};
        float floats[2];
        memcpy(floats, halves, sizeof(floats));
        sums[0] += floats[0];
        sums[1] += floats[1];
    }
    *low = sums[0];
    *high = sums[1];
}

/* One step of one pixel, and of a panel, times it. */
static void snug_bf16x3_panel(const float *weights, const uint32_t *pixel, ptrdiff_t part, float *sums)
{
    for (int32_t pair = 0; pair < SNUG_BF16X3_DEPTH / 2; pair++) {
        float low, high;
        snug_bf16x3_join(pixel + pair, part, &low, &high);
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
            snug_vec sum = snug_load(sums + lane);
            sum = snug_fma(snug_set1(low), snug_load(weights + 32 * pair + lane), sum);
            sum = snug_fma(snug_set1(high), snug_load(weights + 32 * pair + 16 + lane), sum);
            snug_store(sums + lane, sum);
        }
    }
}

/* Sums [panel][32 pixels][16] of a block of `pixels` pixels, 16 or 32, and of one or two panels, made by
 * tiles if `amx`. They begin; */
static inline void snug_bf16x3_begin(int amx, float *sums)
{
#ifdef SNUG_AMX
    if (amx) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        return;
    }
#endif
    (void)amx;
    memset(sums, 0, SNUG_BF16X3_PIXELS * SNUG_BF16X3_OUTPUTS * sizeof(float));
}

/* a step comes to them in SNUG_BF16X3_GROUPS groups of products, between which other things can be done: of
 * pixels whose parts lie at x, `part` words apart, and of panels whose parts lie at w, [part][panel] tiles;
 */
static inline void snug_bf16x3_group(int amx, int32_t pixels, int32_t panels, int32_t group,
                                     const uint32_t *x, ptrdiff_t part, const uint32_t *w, float *sums)
{
#ifdef SNUG_AMX
    if (amx) {
        SNUG_AMX_MEMORY();
        if (pixels > 16 && panels > 1)
            snug_amx_group(1, 1, group, x, x + part, x + 2 * part, w);
        else if (pixels > 16)
            snug_amx_group(1, 0, group, x, x + part, x + 2 * part, w);
        else if (panels > 1)
            snug_amx_group(0, 1, group, x, x + part, x + 2 * part, w);
        else
            snug_amx_group(0, 0, group, x, x + part, x + 2 * part, w);
        return;
    }
#endif
    (void)amx;
    if (group > 0)
        return;
    for (int32_t panel = 0; panel < panels; panel++, w += SNUG_BF16X3_TILE_WORDS) {
        float weights[SNUG_BF16X3_DEPTH * 16];
        for (int32_t word = 0; word < SNUG_BF16X3_TILE_WORDS; word++)
            snug_bf16x3_join(w + word, (ptrdiff_t)panels * SNUG_BF16X3_TILE_WORDS,
                             weights + word / 16 * 32 + word % 16, weights + word / 16 * 32 + 16 + word % 16);
        for (int32_t pixel = 0; pixel < pixels; pixel++)
            snug_bf16x3_panel(weights, x + pixel * 16, part,
                              sums + (panel * SNUG_BF16X3_PIXELS + pixel) * 16);
    }
}

/* and they are at `sums`. */
static inline void snug_bf16x3_end(int amx, int32_t pixels, int32_t panels, float *sums)
{
#ifdef SNUG_AMX
    if (amx) {
        SNUG_AMX_STORE(0, sums);
        if (pixels > 16)
            SNUG_AMX_STORE(2, sums + SNUG_BF16X3_TILE_WORDS);
        if (panels > 1)
            SNUG_AMX_STORE(1, sums + 2 * SNUG_BF16X3_TILE_WORDS);
        if (pixels > 16 && panels > 1)
            SNUG_AMX_STORE(3, sums + 3 * SNUG_BF16X3_TILE_WORDS);
        SNUG_AMX_MEMORY();
    }
#endif
    (void)amx;
    (void)pixels;
    (void)panels;
    (void)sums;
}

#endif
