/* int8x3.h - matrix products of floats by tiles of bytes (AMX), for the kernels with int8x3 in their names.
 *
 * The idea. The inputs of a strip become whole numbers of 24 bits that count units of the largest one's
 * 2^-23, the weights of an output likewise, and a whole number of 24 bits is three digits from -128 to 127:
 *
 *     v = 65536 v2 + 256 v1 + v0
 *
 * A product of two is nine products of digits, which are exact in 32 bits, and so are their sums. Six of
 * them,
 *
 *     65536 x2 w2 + 256 (x2 w1 + x1 w2) + (x2 w0 + x1 w1 + x0 w2)     [times 65536],
 *
 * miss 2^-25 of the largest product in the mean, of either sign, since digits are evenly spread
 * around 0. The unit for tiles multiplies bytes 32 times as fast as vectors multiply floats, so that six
 * products are five times as fast as one.
 *
 * Source. Ootomo, Ozaki and Yokota, DGEMM on Integer Matrix Multiplication Unit, arXiv 2306.11975, 2023, of
 * doubles; the tiles as in Intel's Architecture Instruction Set Extensions, chapter 3.
 *
 * Numbers. What is less than 2^-24 of a strip's largest magnitude counts as zero, and so does what is below
 * 2^-123. Where an input is infinite or not a number, all outputs of its strip are not numbers.
 *
 * Without AMX, or where the operating system does not allow it, the digits are put together and multiplied as
 * floats: right, and slow. */
#ifndef SNUG_INT8X3_H
#define SNUG_INT8X3_H

#include <string.h>

#include "epilogue.h"
#include "int8x3_plan.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weights of 24 bits are packed for little-endian targets; compile the model with --primitives classic"
#endif

#if defined(__AMX_TILE__) && defined(__AMX_INT8__) && defined(__AVX512BW__) && defined(__linux__) && \
    SNUG_VL == 16
#define SNUG_AMX
#endif

enum { SNUG_INT8X3_GROUPS = 3 };

/* Magnitudes of floats, as words, are in the floats' order, and those that are no finite ones come last. */
enum {
    SNUG_INT8X3_MAGNITUDE = 0x7fffffff,
    SNUG_INT8X3_INFINITE = 0x7f800000,
    SNUG_INT8X3_LEAST = 0x0d800000
};

/* largest[16]: the largest magnitudes so far, and those of up to 64 channels of a pixel, in blocks of 16 that
 * are `plane` floats apart. What fills up the last block does not count. */
static inline void snug_int8x3_find_largest(const float *pixel, ptrdiff_t plane, int32_t channels,
                                            uint32_t *largest)
{
#if SNUG_VL == 16
    const __m512i magnitude = _mm512_set1_epi32(SNUG_INT8X3_MAGNITUDE);
    __m512i found = _mm512_loadu_si512(largest);
    for (; channels > 0; channels -= 16, pixel += plane) {
        const __mmask16 valid = (__mmask16)(channels < 16 ? (1 << channels) - 1 : 0xffff);
        const __m512i bits = _mm512_maskz_loadu_epi32(valid, pixel);
        found = _mm512_max_epu32(found, _mm512_and_si512(bits, magnitude));
    }
    _mm512_storeu_si512(largest, found);
#else
    for (int32_t c = 0; c < channels; c++) {
        uint32_t bits;
        memcpy(&bits, pixel + c / 16 * plane + c % 16, sizeof(bits));
        bits &= SNUG_INT8X3_MAGNITUDE;
        largest[c % 16] = bits > largest[c % 16] ? bits : largest[c % 16];
    }
#endif
}

/* What a unit is. Not a number if a magnitude is not finite; the same for all that are too small to have a
 * unit of their own. */
static inline float snug_int8x3_unit(const uint32_t *largest)
{
    uint32_t bits = SNUG_INT8X3_LEAST;
    float magnitude;
    for (int32_t lane = 0; lane < 16; lane++)
        bits = largest[lane] > bits ? largest[lane] : bits;
    if (bits >= SNUG_INT8X3_INFINITE)
        bits = SNUG_INT8X3_MAGNITUDE;
    memcpy(&magnitude, &bits, sizeof(magnitude));
    return magnitude / (float)SNUG_INT8X3_LARGEST;
}

/* The digits of the same channels, the highest first and `digit` bytes apart; of missing blocks, 0. */
static inline void snug_int8x3_split(const float *pixel, ptrdiff_t plane, int32_t channels, float per_unit,
                                     int8_t *digits, ptrdiff_t digit)
{
#ifdef SNUG_AMX
    /* Bytes of x + 0x8080 are digits but for the upper bits of the lower two. */
    const __m512i bias = _mm512_set1_epi32(0x8080);
    const __m512 scale = _mm512_set1_ps(per_unit);
    __m512i x[4];
    for (int32_t b = 0; b < 4; b++) {
        const __m512i whole = 16 * b < channels
                                  ? _mm512_cvtps_epi32(_mm512_mul_ps(snug_load(pixel + b * plane), scale))
                                  : _mm512_setzero_si512();
        x[b] = _mm512_xor_si512(_mm512_add_epi32(whole, bias), bias);
    }
    const __mmask64 odd_bytes = 0xaaaaaaaaaaaaaaaaU;
    const __mmask32 odd_words = 0xaaaaaaaaU;
    /* Bytes 0 and 2, and bytes 1 and 3, of two blocks in turn; then of all four. */
    const __m512i even01 = _mm512_mask_blend_epi8(odd_bytes, x[0], _mm512_slli_epi32(x[1], 8)),
                  even23 = _mm512_mask_blend_epi8(odd_bytes, x[2], _mm512_slli_epi32(x[3], 8)),
                  odd01 = _mm512_mask_blend_epi8(odd_bytes, _mm512_srli_epi32(x[0], 8), x[1]),
                  odd23 = _mm512_mask_blend_epi8(odd_bytes, _mm512_srli_epi32(x[2], 8), x[3]);
    _mm512_storeu_si512(digits, _mm512_mask_blend_epi16(odd_words, _mm512_srli_epi32(even01, 16), even23));
    _mm512_storeu_si512(digits + digit,
                        _mm512_mask_blend_epi16(odd_words, odd01, _mm512_slli_epi32(odd23, 16)));
    _mm512_storeu_si512(digits + 2 * digit,
                        _mm512_mask_blend_epi16(odd_words, even01, _mm512_slli_epi32(even23, 16)));
#else
    for (int32_t c = 0; c < SNUG_INT8X3_DEPTH; c++) {
        uint32_t whole = 0x808080;
        if (c < channels) {
            const float x = pixel[c / 16 * plane + c % 16] * per_unit;
            whole += (uint32_t)(x > 0 ? (int32_t)(x + 0.5f) : x < 0 ? (int32_t)(x - 0.5f) : 0);
        }
        for (int32_t place = 0; place < SNUG_INT8X3_DIGITS; place++)
            digits[(2 - place) * digit + c % 16 * 4 + c / 16] =
                (int8_t)((int32_t)(whole >> 8 * place & 255) - 128);
    }
#endif
}

#ifdef SNUG_AMX
/* Asks the operating system for the tiles (arch_prctl ARCH_REQ_XCOMP_PERM, XTILEDATA), and gives them their
 * shape: rows of 64 bytes, `pixels` of sums and of pixels' digits, and 16 of outputs' digits. */
static inline int snug_amx_begin(int32_t pixels)
{
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64}, {0}};
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(158L), "D"(0x1023L), "S"(18L) : "rcx", "r11", "memory");
    if (result != 0)
        return 0;
    memset(shape.rows, pixels, 8);
    shape.rows[6] = 16;
    /* Compilers believe that 8 bytes are read. */
    __asm__ volatile("" : : "r"(&shape) : "memory");
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

#define SNUG_AMX_OUTPUTS(digits) _tile_loadd(6, digits, 64)
#define SNUG_AMX_PIXELS(digits) _tile_loadd(7, digits, pixel_bytes)
#define SNUG_AMX_ADD(sum) _tile_dpbssd(sum, 7, 6)
#define SNUG_AMX_STORE(tile, sums) _tile_stored(tile, sums, 64)

/* The products of a step of a panel w and two tiles of pixels x and y, `pixel_bytes` apart, in three groups.
 * Tiles 0, 1 and 2 are sums [pixels][outputs] of the products of x that count 65536, 256 and 1, tiles 3, 4
 * and 5 those of y. Between two products that add to the same tile there are at least three others, for as
 * long as one takes.
 */
static inline void snug_amx_group(int32_t group, const int8_t *x, const int8_t *y, ptrdiff_t pixel_bytes,
                                  ptrdiff_t digit, const int8_t *w)
{
    switch (group) {
    case 0:
        SNUG_AMX_OUTPUTS(w);
        SNUG_AMX_PIXELS(x + 2 * digit);
        SNUG_AMX_ADD(2);
        SNUG_AMX_PIXELS(y + 2 * digit);
        SNUG_AMX_ADD(5);
        SNUG_AMX_PIXELS(x + digit);
        SNUG_AMX_ADD(1);
        SNUG_AMX_PIXELS(y + digit);
        SNUG_AMX_ADD(4);
        break;
    case 1:
        SNUG_AMX_OUTPUTS(w + SNUG_INT8X3_TILE_BYTES);
        SNUG_AMX_ADD(5);
        SNUG_AMX_PIXELS(x + digit);
        SNUG_AMX_ADD(2);
        SNUG_AMX_PIXELS(x);
        SNUG_AMX_ADD(1);
        SNUG_AMX_PIXELS(y);
        SNUG_AMX_ADD(4);
        break;
    default:
        SNUG_AMX_OUTPUTS(w + 2 * SNUG_INT8X3_TILE_BYTES);
        SNUG_AMX_ADD(5);
        SNUG_AMX_PIXELS(x);
        SNUG_AMX_ADD(2);
        SNUG_AMX_OUTPUTS(w);
        SNUG_AMX_ADD(0);
        SNUG_AMX_PIXELS(y);
        SNUG_AMX_ADD(3);
        break;
    }
}
#else
static inline int snug_amx_begin(int32_t pixels)
{
    (void)pixels;
    return 0;
}
static inline void snug_amx_end(int amx) { (void)amx; }
#endif

/* A number that three digits make. */
static inline float snug_int8x3_join(const int8_t *digits, ptrdiff_t digit)
{
    return (float)(digits[0] * 65536 + digits[digit] * 256 + digits[2 * digit]);
}

/* A step of one pixel, times weights [input][16]. */
static inline void snug_int8x3_add(const int8_t *pixel, ptrdiff_t digit, const float *weights, float *sums)
{
    float inputs[SNUG_INT8X3_DEPTH];
    for (int32_t i = 0; i < SNUG_INT8X3_DEPTH; i++)
        inputs[i] = snug_int8x3_join(pixel + i, digit);
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        snug_vec sum = snug_set1(0.0f);
        for (int32_t i = 0; i < SNUG_INT8X3_DEPTH; i++)
            sum = snug_fma(snug_set1(inputs[i]), snug_load(weights + i * 16 + lane), sum);
        snug_store(sums + lane, snug_add(snug_load(sums + lane), sum));
    }
}

/* Sums of a panel and two tiles of `pixels` pixels, made by the unit for tiles if `amx`. They begin; */
static inline void snug_int8x3_begin(int amx, float *sums)
{
#ifdef SNUG_AMX
    if (amx) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        _tile_zero(4);
        _tile_zero(5);
        return;
    }
#endif
    (void)amx;
    memset(sums, 0, SNUG_INT8X3_SUM_BYTES);
}

/* a step comes to them in SNUG_INT8X3_GROUPS groups of products, between which other things can be done: of
 * pixels whose digits lie at x, a pixel's `pixel_bytes` and its digits `digit` bytes apart, and of a panel
 * whose step lies at w; */
static inline void snug_int8x3_group(int amx, int32_t pixels, int32_t group, const int8_t *x,
                                     ptrdiff_t pixel_bytes, ptrdiff_t digit, const int8_t *w, float *sums)
{
#ifdef SNUG_AMX
    if (amx) {
        SNUG_AMX_MEMORY();
        snug_amx_group(group, x, x + pixels * pixel_bytes, pixel_bytes, digit, w);
        return;
    }
#endif
    (void)amx;
    if (group > 0)
        return;
    float weights[SNUG_INT8X3_DEPTH * 16];
    for (int32_t i = 0; i < SNUG_INT8X3_DEPTH; i++)
        for (int32_t output = 0; output < 16; output++)
            weights[i * 16 + output] =
                snug_int8x3_join(w + i / 4 * 64 + output * 4 + i % 4, SNUG_INT8X3_TILE_BYTES) *
                (1.0f / 65536);
    for (int32_t pixel = 0; pixel < SNUG_INT8X3_TILES * pixels; pixel++)
        snug_int8x3_add(x + pixel * pixel_bytes, digit, weights, sums + pixel * 16);
}

/* they are at `sums`; */
static inline void snug_int8x3_end(int amx, float *sums)
{
#ifdef SNUG_AMX
    if (amx) {
        SNUG_AMX_STORE(1, sums + 256);
        SNUG_AMX_STORE(4, sums + 1024);
        SNUG_AMX_STORE(5, sums + 1280);
        SNUG_AMX_STORE(2, sums + 512);
        SNUG_AMX_STORE(0, sums);
        SNUG_AMX_STORE(3, sums + 768);
        SNUG_AMX_MEMORY();
    }
#endif
    (void)amx;
    (void)sums;
}

/* those of a pixel are here, and the next pixel's of its tile 16 floats on; */
static inline const float *snug_int8x3_sums_of(int amx, int32_t pixels, const float *sums, int32_t pixel)
{
    return sums + (amx && pixel >= pixels ? pixel - pixels + SNUG_INT8X3_DIGITS * 16 : pixel) * 16;
}

/* and some of them, in units of 2^16 times `unit`, are added to `start`. */
static inline snug_vec snug_int8x3_sum(int amx, const float *sums, snug_vec unit, snug_vec start)
{
#ifdef SNUG_AMX
    if (amx) {
        const snug_vec low = _mm512_cvtepi32_ps(_mm512_loadu_si512(sums + 512)),
                       middle = _mm512_cvtepi32_ps(_mm512_loadu_si512(sums + 256)),
                       most = _mm512_cvtepi32_ps(_mm512_loadu_si512(sums));
        const snug_vec of_low = snug_fma(unit, low, start),
                       of_middle = snug_fma(snug_mul(unit, snug_set1(256.0f)), middle, of_low);
        return snug_fma(snug_mul(unit, snug_set1(65536.0f)), most, of_middle);
    }
#endif
    (void)amx;
    return snug_fma(unit, snug_load(sums), start);
}

#endif
