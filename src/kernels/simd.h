/* simd.h - vectors of SNUG_VL floats, by the target's intrinsics where they decide the speed (x86, ARM), by
 * GNU vector extensions elsewhere, or in plain C. Define SNUG_NO_SIMD for plain C everywhere. Define
 * SNUG_FAST_MAX for max pools with one instruction per comparison: a NaN in a window may then be lost, and
 * the pool gives a number.
 *
 * SNUG_VL is 16, 8, 4 or 1. A group of 16 channels is SNUG_LANES = 16 / SNUG_VL vectors.
 *
 * The fused multiply-add is asked for by name: -std=c99 keeps compilers from contracting a * b + c, and a
 * pragma that allows it keeps gcc from inlining these functions. On 32-bit ARM gcc would make GNU vectors
 * scalar.
 *
 * snug_min(a, b) and snug_max(a, b) give b or NaN where a or b is NaN: ARM gives NaN, all others b. So a
 * limit comes first and the value second, snug_max(low, x), and NaN passes through everywhere. */
#ifndef SNUG_SIMD_H
#define SNUG_SIMD_H

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

/* SNUG_PREFETCH brings a cache line into the second-level cache, SNUG_PREFETCH_NEAR into the first,
 * SNUG_PREFETCH_WRITE there to be written.
 * SNUG_NOINLINE keeps a register tile's accumulators apart from its caller's values. SNUG_NO_UNROLL before a
 * loop keeps compilers from unrolling it into spills. */
#if defined(__GNUC__) && !defined(__TINYC__)
#define SNUG_NOINLINE __attribute__((noinline, unused))
#define SNUG_PREFETCH(p) __builtin_prefetch((p), 0, 2)
#define SNUG_PREFETCH_NEAR(p) __builtin_prefetch((p), 0, 3)
#define SNUG_PREFETCH_WRITE(p) __builtin_prefetch((p), 1, 3)
#else
#define SNUG_NOINLINE
#define SNUG_PREFETCH(p) ((void)(p))
#define SNUG_PREFETCH_NEAR(p) ((void)(p))
#define SNUG_PREFETCH_WRITE(p) ((void)(p))
#endif
#if defined(__clang__)
#define SNUG_NO_UNROLL _Pragma("clang loop unroll(disable) vectorize(disable)")
#elif defined(__GNUC__) && !defined(__TINYC__)
#define SNUG_NO_UNROLL _Pragma("GCC unroll 1")
#else
#define SNUG_NO_UNROLL
#endif

/* SNUG_KEEP keeps a vector that was loaded and is read several times in its register: gcc likes to read the
 * memory again in every instruction that can. */
#if SNUG_VL > 1 && defined(__AVX512F__)
#define SNUG_KEEP(v) __asm__("" : "+v"(v))
#elif SNUG_VL > 1 && defined(__SSE2__)
#define SNUG_KEEP(v) __asm__("" : "+x"(v))
#else
#define SNUG_KEEP(v) ((void)0)
#endif

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
#if defined(__FP_FAST_FMAF) && defined(__GNUC__) && !defined(__TINYC__)
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return __builtin_fmaf(a, b, c); }
#else
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return a * b + c; }
#endif

#elif defined(__arm__) || defined(__aarch64__)

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
#if defined(__aarch64__) || defined(__ARM_FEATURE_FMA)
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return vfmaq_f32(c, a, b); }
#else
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return vmlaq_f32(c, a, b); }
#endif
/* a * b[lane] + c, lane being a number. ARMv7 has no fused one by lane. */
#if defined(__aarch64__)
#define SNUG_FMA_LANE(a, b, lane, c) vfmaq_laneq_f32(c, a, b, lane)
#else
#define SNUG_FMA_LANE(a, b, lane, c) \
    vmlaq_lane_f32(c, a, (lane) < 2 ? vget_low_f32(b) : vget_high_f32(b), (lane) % 2)
#endif

#elif SNUG_VL == 16

#include <immintrin.h>
typedef __m512 snug_vec;
static inline snug_vec snug_load(const float *p) { return _mm512_loadu_ps(p); }
static inline void snug_store(float *p, snug_vec v) { _mm512_storeu_ps(p, v); }
static inline snug_vec snug_set1(float x) { return _mm512_set1_ps(x); }
static inline snug_vec snug_min(snug_vec a, snug_vec b) { return _mm512_min_ps(a, b); }
static inline snug_vec snug_max(snug_vec a, snug_vec b) { return _mm512_max_ps(a, b); }
static inline snug_vec snug_add(snug_vec a, snug_vec b) { return _mm512_add_ps(a, b); }
static inline snug_vec snug_sub(snug_vec a, snug_vec b) { return _mm512_sub_ps(a, b); }
static inline snug_vec snug_mul(snug_vec a, snug_vec b) { return _mm512_mul_ps(a, b); }
/* a * b + c */
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return _mm512_fmadd_ps(a, b, c); }

#elif SNUG_VL == 8

#include <immintrin.h>
typedef __m256 snug_vec;
static inline snug_vec snug_load(const float *p) { return _mm256_loadu_ps(p); }
static inline void snug_store(float *p, snug_vec v) { _mm256_storeu_ps(p, v); }
static inline snug_vec snug_set1(float x) { return _mm256_set1_ps(x); }
static inline snug_vec snug_min(snug_vec a, snug_vec b) { return _mm256_min_ps(a, b); }
static inline snug_vec snug_max(snug_vec a, snug_vec b) { return _mm256_max_ps(a, b); }
static inline snug_vec snug_add(snug_vec a, snug_vec b) { return _mm256_add_ps(a, b); }
static inline snug_vec snug_sub(snug_vec a, snug_vec b) { return _mm256_sub_ps(a, b); }
static inline snug_vec snug_mul(snug_vec a, snug_vec b) { return _mm256_mul_ps(a, b); }
/* a * b + c */
#if defined(__FMA__)
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return _mm256_fmadd_ps(a, b, c); }
#else
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return snug_add(snug_mul(a, b), c); }
#endif

#elif defined(__SSE2__)

#include <emmintrin.h>
typedef __m128 snug_vec;
static inline snug_vec snug_load(const float *p) { return _mm_loadu_ps(p); }
static inline void snug_store(float *p, snug_vec v) { _mm_storeu_ps(p, v); }
static inline snug_vec snug_set1(float x) { return _mm_set1_ps(x); }
static inline snug_vec snug_min(snug_vec a, snug_vec b) { return _mm_min_ps(a, b); }
static inline snug_vec snug_max(snug_vec a, snug_vec b) { return _mm_max_ps(a, b); }
static inline snug_vec snug_add(snug_vec a, snug_vec b) { return _mm_add_ps(a, b); }
static inline snug_vec snug_sub(snug_vec a, snug_vec b) { return _mm_sub_ps(a, b); }
static inline snug_vec snug_mul(snug_vec a, snug_vec b) { return _mm_mul_ps(a, b); }
/* a * b + c */
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return snug_add(snug_mul(a, b), c); }

#else

typedef float snug_vec __attribute__((vector_size(4 * SNUG_VL)));
typedef float snug_vec_unaligned __attribute__((vector_size(4 * SNUG_VL), aligned(4), may_alias));
typedef int snug_mask __attribute__((vector_size(4 * SNUG_VL)));
static inline snug_vec snug_load(const float *p) { return *(const snug_vec_unaligned *)p; }
static inline void snug_store(float *p, snug_vec v) { *(snug_vec_unaligned *)p = v; }
static inline snug_vec snug_set1(float x) { return x - (snug_vec){0}; }
static inline snug_vec snug_add(snug_vec a, snug_vec b) { return a + b; }
static inline snug_vec snug_sub(snug_vec a, snug_vec b) { return a - b; }
static inline snug_vec snug_mul(snug_vec a, snug_vec b) { return a * b; }
/* a * b + c */
static inline snug_vec snug_fma(snug_vec a, snug_vec b, snug_vec c) { return a * b + c; }
static inline snug_vec snug_min(snug_vec a, snug_vec b)
{
    const snug_mask m = a < b;
    return (snug_vec)(((snug_mask)a & m) | ((snug_mask)b & ~m));
}
static inline snug_vec snug_max(snug_vec a, snug_vec b)
{
    const snug_mask m = a > b;
    return (snug_vec)(((snug_mask)a & m) | ((snug_mask)b & ~m));
}

#endif

/* The larger of two numbers, NaN where either is NaN. */
static inline float snug_scalar_max_or_nan(float a, float b) { return a > b || a != a ? a : b; }

/* The same of vectors. b is what was found so far: with AVX-512 only a is tested for NaN, and nothing waits
 * for the test. */
static inline snug_vec snug_max_or_nan(snug_vec a, snug_vec b)
{
#if defined(SNUG_FAST_MAX) || (SNUG_VL == 4 && (defined(__arm__) || defined(__aarch64__)))
    return snug_max(a, b);
#elif SNUG_VL == 1
    return snug_scalar_max_or_nan(a, b);
#elif SNUG_VL == 16
    return _mm512_mask_max_ps(a, _mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), a, b);
#elif SNUG_VL == 8 /* bits of a NaN and of a number make a NaN */
    return _mm256_or_ps(snug_max(a, b), snug_max(b, a));
#elif defined(__SSE2__)
    return _mm_or_ps(snug_max(a, b), snug_max(b, a));
#else
    const snug_mask m = (a > b) | (a != a);
    return (snug_vec)(((snug_mask)a & m) | ((snug_mask)b & ~m));
#endif
}

#endif
