/* simd.h - vectors of SNUG_VL floats: GNU vector extensions, arm_neon.h on 32-bit ARM (where gcc would make
 * GNU vectors scalar), or plain C. Define SNUG_NO_SIMD for plain C everywhere.
 *
 * SNUG_VL is 16, 8, 4 or 1. A group of 16 channels is SNUG_LANES = 16 / SNUG_VL vectors. */
#ifndef SNUG_SIMD_H
#define SNUG_SIMD_H

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=fast")
#elif defined(__clang__)
#pragma STDC FP_CONTRACT ON
#endif

#if defined(SNUG_NO_SIMD) || !defined(__GNUC__) || defined(__TINYC__)
#define SNUG_VL 1
#elif defined(__AVX512F__)
#define SNUG_VL 16
#elif defined(__AVX__)
#define SNUG_VL 8
#elif defined(__SSE2__) || defined(__aarch64__) || defined(__ARM_NEON) || defined(__ALTIVEC__) || \
    defined(__wasm_simd128__)
#define SNUG_VL 4
#else
#define SNUG_VL 1
#endif
#define SNUG_LANES (16 / SNUG_VL)

#if SNUG_VL == 1

typedef float snug_vec;
static inline snug_vec snug_load(const float *p) { return *p; }
static inline void snug_store(float *p, snug_vec v) { *p = v; }
static inline snug_vec snug_set1(float x) { return x; }
static inline snug_vec snug_min(snug_vec a, snug_vec b) { return a < b ? a : b; }
static inline snug_vec snug_max(snug_vec a, snug_vec b) { return a > b ? a : b; }
static inline snug_vec snug_add(snug_vec a, snug_vec b) { return a + b; }
static inline snug_vec snug_sub(snug_vec a, snug_vec b) { return a - b; }
static inline snug_vec snug_mul(snug_vec a, snug_vec b) { return a * b; }
/* a * b + c */
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return a * b + c; }

#elif defined(__arm__)

#include <arm_neon.h>
typedef float32x4_t snug_vec;
static inline snug_vec snug_load(const float *p) { return vld1q_f32(p); }
static inline void snug_store(float *p, snug_vec v) { vst1q_f32(p, v); }
static inline snug_vec snug_set1(float x) { return vdupq_n_f32(x); }
static inline snug_vec snug_min(snug_vec a, snug_vec b) { return vminq_f32(a, b); }
static inline snug_vec snug_max(snug_vec a, snug_vec b) { return vmaxq_f32(a, b); }
static inline snug_vec snug_add(snug_vec a, snug_vec b) { return vaddq_f32(a, b); }
static inline snug_vec snug_sub(snug_vec a, snug_vec b) { return vsubq_f32(a, b); }
static inline snug_vec snug_mul(snug_vec a, snug_vec b) { return vmulq_f32(a, b); }
/* a * b + c */
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return vmlaq_f32(c, a, b); }

#else

typedef float snug_vec __attribute__((vector_size(4 * SNUG_VL)));
typedef float snug_vec_unaligned __attribute__((vector_size(4 * SNUG_VL), aligned(4), may_alias));
static inline snug_vec snug_load(const float *p) { return *(const snug_vec_unaligned *)p; }
static inline void snug_store(float *p, snug_vec v) { *(snug_vec_unaligned *)p = v; }
static inline snug_vec snug_set1(float x) { return x - (snug_vec){0}; }
static inline snug_vec snug_add(snug_vec a, snug_vec b) { return a + b; }
static inline snug_vec snug_sub(snug_vec a, snug_vec b) { return a - b; }
static inline snug_vec snug_mul(snug_vec a, snug_vec b) { return a * b; }
/* a * b + c */
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return a * b + c; }
#if defined(__AVX512F__)
#include <immintrin.h>
static inline snug_vec snug_min(snug_vec a, snug_vec b)
{
    return (snug_vec)_mm512_min_ps((__m512)a, (__m512)b);
}
static inline snug_vec snug_max(snug_vec a, snug_vec b)
{
    return (snug_vec)_mm512_max_ps((__m512)a, (__m512)b);
}
#elif defined(__AVX__)
#include <immintrin.h>
static inline snug_vec snug_min(snug_vec a, snug_vec b)
{
    return (snug_vec)_mm256_min_ps((__m256)a, (__m256)b);
}
static inline snug_vec snug_max(snug_vec a, snug_vec b)
{
    return (snug_vec)_mm256_max_ps((__m256)a, (__m256)b);
}
#elif defined(__SSE2__)
#include <immintrin.h>
static inline snug_vec snug_min(snug_vec a, snug_vec b) { return (snug_vec)_mm_min_ps((__m128)a, (__m128)b); }
static inline snug_vec snug_max(snug_vec a, snug_vec b) { return (snug_vec)_mm_max_ps((__m128)a, (__m128)b); }
#elif defined(__aarch64__)
#include <arm_neon.h>
static inline snug_vec snug_min(snug_vec a, snug_vec b)
{
    return (snug_vec)vminq_f32((float32x4_t)a, (float32x4_t)b);
}
static inline snug_vec snug_max(snug_vec a, snug_vec b)
{
    return (snug_vec)vmaxq_f32((float32x4_t)a, (float32x4_t)b);
}
#else
typedef int snug_mask __attribute__((vector_size(4 * SNUG_VL)));
static inline snug_vec snug_min(snug_vec a, snug_vec b)
{
    snug_mask m = a < b;
    return (snug_vec)(((snug_mask)a & m) | ((snug_mask)b & ~m));
}
static inline snug_vec snug_max(snug_vec a, snug_vec b)
{
    snug_mask m = a > b;
    return (snug_vec)(((snug_mask)a & m) | ((snug_mask)b & ~m));
}
#endif

#endif

#endif
