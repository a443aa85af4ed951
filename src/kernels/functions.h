/* functions.h - exp, log, division and reciprocal square root of vectors, to float accuracy, without the C
 * library; loads and stores of a part of a vector. */
#ifndef SNUG_FUNCTIONS_H
#define SNUG_FUNCTIONS_H

#include <stdint.h>
#include <string.h>

#include "simd.h"

#if SNUG_VL == 1
typedef int32_t snug_integers;
typedef uint32_t snug_words;
static inline snug_integers snug_bits(snug_vec v)
{
    snug_integers bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}
static inline snug_vec snug_from_bits(snug_integers bits)
{
    snug_vec v;
    memcpy(&v, &bits, sizeof v);
    return v;
}
#else
typedef int32_t snug_integers __attribute__((vector_size(4 * SNUG_VL)));
typedef uint32_t snug_words __attribute__((vector_size(4 * SNUG_VL)));
static inline snug_integers snug_bits(snug_vec v) { return (snug_integers)v; }
static inline snug_vec snug_from_bits(snug_integers bits) { return (snug_vec)bits; }
#endif

/* The first n of a vector's lanes, 1 ... SNUG_VL: loaded and stored as fast as a whole vector where the
 * target has masks, never touching the memory behind them. */
#if SNUG_VL == 16
typedef __mmask16 snug_some;
static inline snug_some snug_lanes(int32_t n) { return (snug_some)((1u << n) - 1u); }
/* The lanes that are not loaded are 0. */
static inline snug_vec snug_load_lanes(const float *p, snug_some some)
{
    return _mm512_maskz_loadu_ps(some, p);
}
static inline void snug_store_lanes(float *p, snug_vec v, snug_some some)
{
    _mm512_mask_storeu_ps(p, some, v);
}
#else
typedef int32_t snug_some;
static inline snug_some snug_lanes(int32_t n) { return n; }
static inline snug_vec snug_load_lanes(const float *p, snug_some some)
{
#if SNUG_VL == 8
    static const int32_t masks[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    if (some == SNUG_VL)
        return snug_load(p);
    return _mm256_maskload_ps(p, _mm256_loadu_si256((const __m256i *)(masks + 8 - some)));
#else
    float lanes[SNUG_VL] = {0};
    if (some == SNUG_VL)
        return snug_load(p);
    for (int32_t i = 0; i < some; ++i)
        lanes[i] = p[i];
    return snug_load(lanes);
#endif
}
static inline void snug_store_lanes(float *p, snug_vec v, snug_some some)
{
#if SNUG_VL == 8
    __m128 quarter = _mm256_castps256_ps128(v);
    if (some == SNUG_VL) {
        snug_store(p, v);
        return;
    }
    if (some & 4) {
        _mm_storeu_ps(p, quarter);
        quarter = _mm256_extractf128_ps(v, 1);
        p += 4;
    }
    if (some & 2) {
        _mm_storel_pi((__m64 *)p, quarter);
        quarter = _mm_movehl_ps(quarter, quarter);
        p += 2;
    }
    if (some & 1)
        _mm_store_ss(p, quarter);
#else
    float lanes[SNUG_VL];
    if (some == SNUG_VL) {
        snug_store(p, v);
        return;
    }
    snug_store(lanes, v);
    for (int32_t i = 0; i < some; ++i)
        p[i] = lanes[i];
#endif
}
#endif

/* The same with a number of lanes. */
static inline snug_vec snug_load_some(const float *p, int32_t n) { return snug_load_lanes(p, snug_lanes(n)); }

static inline void snug_store_some(float *p, snug_vec v, int32_t n) { snug_store_lanes(p, v, snug_lanes(n)); }

/* Lanes 0, 2, 4, ... of a and then of b. */
static inline snug_vec snug_evens(snug_vec a, snug_vec b)
{
#if SNUG_VL == 16
    const __m512i lanes = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    return _mm512_permutex2var_ps(a, lanes, b);
#elif SNUG_VL == 8
    return _mm256_shuffle_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31), 0x88);
#elif SNUG_VL == 4 && (defined(__arm__) || defined(__aarch64__))
    return vuzpq_f32(a, b).val[0];
#elif SNUG_VL == 4 && defined(__SSE2__)
    return _mm_shuffle_ps(a, b, 0x88);
#else
    float lanes[2 * SNUG_VL];
    snug_store(lanes, a);
    snug_store(lanes + SNUG_VL, b);
    for (int32_t i = 1; i < SNUG_VL; ++i)
        lanes[i] = lanes[2 * i];
    return snug_load(lanes);
#endif
}

static inline float snug_sum_of_lanes(snug_vec v)
{
    float lanes[SNUG_VL], sum = 0;
    snug_store(lanes, v);
    for (int32_t i = 0; i < SNUG_VL; ++i)
        sum += lanes[i];
    return sum;
}

/* NaN if one of them is. */
static inline float snug_max_of_lanes(snug_vec v)
{
    float lanes[SNUG_VL], max;
    snug_store(lanes, v);
    max = lanes[0];
    for (int32_t i = 1; i < SNUG_VL; ++i)
        max = snug_scalar_max_or_nan(lanes[i], max);
    return max;
}

static inline snug_vec snug_div(snug_vec a, snug_vec b)
{
#if defined(__arm__) && SNUG_VL == 4
    snug_vec r = vrecpeq_f32(b);
    r = vmulq_f32(r, vrecpsq_f32(b, r));
    r = vmulq_f32(r, vrecpsq_f32(b, r));
    r = vmulq_f32(r, vrecpsq_f32(b, r));
    return vmulq_f32(a, r);
#else
    return a / b;
#endif
}

/* Adding this to a small float rounds it to an integer, which is then the lowest bits of the sum. */
#define SNUG_ROUNDER 12582912.0F

/* exp(x), at least exp(-87) and at most exp(88), NaN of NaN. x = n log 2 + r with |r| <= log(2) / 2, Taylor's
 * series for r. */
static inline snug_vec snug_exp(snug_vec x)
{
    x = snug_min(snug_set1(88.0F), snug_max(snug_set1(-87.0F), x));
    const snug_vec shifted = snug_fma(x, snug_set1(1.44269504F), snug_set1(SNUG_ROUNDER));
    const snug_vec n = snug_sub(shifted, snug_set1(SNUG_ROUNDER));
    snug_vec r =
        snug_fma(n, snug_set1(-0.693359375F), x); /* log 2 in two parts: the first product is exact */
    r = snug_fma(n, snug_set1(2.12194440e-4F), r);
    snug_vec p = snug_fma(r, snug_set1(1.0F / 5040), snug_set1(1.0F / 720));
    p = snug_fma(p, r, snug_set1(1.0F / 120));
    p = snug_fma(p, r, snug_set1(1.0F / 24));
    p = snug_fma(p, r, snug_set1(1.0F / 6));
    p = snug_fma(p, r, snug_set1(0.5F));
    p = snug_fma(p, r, snug_set1(1));
    p = snug_fma(p, r, snug_set1(1));
    /* The rounder's own bits are shifted out. Words, because integers overflow where x is NaN. */
    const snug_words exponent = ((snug_words)snug_bits(shifted) + 127U) << 23;
    return snug_mul(p, snug_from_bits((snug_integers)exponent));
}

/* log(x) for normal x > 0, NaN of infinity and of NaN. x = 2^e m with m around 1,
 * log m = 2 artanh((m - 1) / (m + 1)). */
static inline snug_vec snug_log(snug_vec x)
{
    const snug_integers e = (snug_bits(x) - 0x3f3504f3) >> 23; /* 0x3f3504f3: the square root of 1/2 */
    const snug_vec m = snug_from_bits(snug_bits(x) - e * 8388608);
    const snug_vec exponent =
        snug_sub(snug_from_bits(e + snug_bits(snug_set1(SNUG_ROUNDER))), snug_set1(SNUG_ROUNDER));
    const snug_vec s = snug_div(snug_sub(m, snug_set1(1)), snug_add(m, snug_set1(1)));
    const snug_vec s2 = snug_mul(s, s);
    snug_vec p = snug_fma(s2, snug_set1(2.0F / 9), snug_set1(2.0F / 7));
    p = snug_fma(p, s2, snug_set1(2.0F / 5));
    p = snug_fma(p, s2, snug_set1(2.0F / 3));
    p = snug_fma(p, s2, snug_set1(2));
    return snug_fma(exponent, snug_set1(0.69314718F), snug_fma(p, s, snug_sub(x, x)));
}

/* 1 / sqrt(x) for normal x > 0, NaN of infinity and of NaN: the target's estimate, or a guess from halving
 * the exponent, then Newton's steps, each of which doubles the digits. */
static inline snug_vec snug_reciprocal_sqrt(snug_vec x)
{
    const snug_vec half = snug_mul(x, snug_set1(-0.5F)), three_halves = snug_set1(1.5F);
#if SNUG_VL == 16
    snug_vec y = _mm512_rsqrt14_ps(x);
#elif defined(__AVX__) && SNUG_VL == 8
    snug_vec y = _mm256_rsqrt_ps(x);
#elif defined(__SSE2__) && SNUG_VL == 4
    snug_vec y = _mm_rsqrt_ps(x);
#else
    snug_vec y;
#if SNUG_VL == 4 && (defined(__arm__) || defined(__aarch64__))
    y = vrsqrteq_f32(x);
#else
    y = snug_add(snug_from_bits(0x5f3759df - (snug_bits(x) >> 1)), snug_sub(x, x));
    y = snug_mul(y, snug_fma(snug_mul(y, y), half, three_halves));
#endif
    y = snug_mul(y, snug_fma(snug_mul(y, y), half, three_halves));
#endif
    return snug_mul(y, snug_fma(snug_mul(y, y), half, three_halves));
}

#endif
