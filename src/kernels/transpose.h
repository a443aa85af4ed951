/* transpose.h - matrices of floats transposed, in tiles that stay in the cache. */
#ifndef SNUG_TRANSPOSE_H
#define SNUG_TRANSPOSE_H

#include "simd.h"
#include "snug.h"

#if SNUG_VL > 1 && defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define SNUG_HAS_SHUFFLE
#endif
#endif

#ifdef SNUG_HAS_SHUFFLE
typedef float snug_four __attribute__((vector_size(16)));
typedef float snug_four_unaligned __attribute__((vector_size(16), aligned(4), may_alias));

static inline void snug_transpose_4x4(const float *in, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride)
{
    const snug_four a = *(const snug_four_unaligned *)in;
    const snug_four b = *(const snug_four_unaligned *)(in + in_stride);
    const snug_four c = *(const snug_four_unaligned *)(in + 2 * in_stride);
    const snug_four d = *(const snug_four_unaligned *)(in + 3 * in_stride);
    const snug_four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const snug_four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const snug_four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const snug_four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(snug_four_unaligned *)out = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    *(snug_four_unaligned *)(out + out_stride) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    *(snug_four_unaligned *)(out + 2 * out_stride) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *(snug_four_unaligned *)(out + 3 * out_stride) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}
#else
static inline void snug_transpose_4x4(const float *in, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride)
{
    for (int32_t r = 0; r < 4; ++r)
        for (int32_t c = 0; c < 4; ++c)
            out[c * out_stride + r] = in[r * in_stride + c];
}
#endif

#if SNUG_VL == 16

#define SNUG_TRANSPOSE_16(DO) \
    DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15)
#define SNUG_TRANSPOSE_LOAD(k) \
    const __m512 r##k =        \
        k < rows ? _mm512_maskz_loadu_ps(some_columns, in + (k) * in_stride) : _mm512_setzero_ps();
/* Pairs of rows, then fours of rows: quarter L of d<i> is column 4 L + i % 4 of the rows i / 4 * 4 ... */
#define SNUG_TRANSPOSE_PAIR(i, k)                                            \
    const __m512d low##i = _mm512_castps_pd(_mm512_unpacklo_ps(r##i, r##k)); \
    const __m512d high##i = _mm512_castps_pd(_mm512_unpackhi_ps(r##i, r##k));
#define SNUG_TRANSPOSE_FOUR(i0, i1, i2, i3)                                        \
    SNUG_TRANSPOSE_PAIR(i0, i1)                                                    \
    SNUG_TRANSPOSE_PAIR(i2, i3)                                                    \
    const __m512 d##i0 = _mm512_castpd_ps(_mm512_unpacklo_pd(low##i0, low##i2));   \
    const __m512 d##i1 = _mm512_castpd_ps(_mm512_unpackhi_pd(low##i0, low##i2));   \
    const __m512 d##i2 = _mm512_castpd_ps(_mm512_unpacklo_pd(high##i0, high##i2)); \
    const __m512 d##i3 = _mm512_castpd_ps(_mm512_unpackhi_pd(high##i0, high##i2));
/* Even quarters (0x88) and odd ones (0xdd), twice: the columns i0, i1, i2 and i3. */
#define SNUG_TRANSPOSE_COLUMNS(i0, i1, i2, i3)                     \
    const __m512 e##i0 = _mm512_shuffle_f32x4(d##i0, d##i1, 0x88); \
    const __m512 e##i1 = _mm512_shuffle_f32x4(d##i0, d##i1, 0xdd); \
    const __m512 e##i2 = _mm512_shuffle_f32x4(d##i2, d##i3, 0x88); \
    const __m512 e##i3 = _mm512_shuffle_f32x4(d##i2, d##i3, 0xdd); \
    const __m512 c##i0 = _mm512_shuffle_f32x4(e##i0, e##i2, 0x88); \
    const __m512 c##i1 = _mm512_shuffle_f32x4(e##i1, e##i3, 0x88); \
    const __m512 c##i2 = _mm512_shuffle_f32x4(e##i0, e##i2, 0xdd); \
    const __m512 c##i3 = _mm512_shuffle_f32x4(e##i1, e##i3, 0xdd);
#define SNUG_TRANSPOSE_STORE(k) \
    if (k < columns)            \
        _mm512_mask_storeu_ps(out + (k) * out_stride, some_rows, c##k);

/* out[c * out_stride + r] = in[r * in_stride + c] for a tile of at most 16 rows and columns: whole cache
 * lines on both sides, also where the strides are multiples of 4 KiB and lines evict one another. */
static inline void snug_transpose_tile(const float *in, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride,
                                       int32_t rows, int32_t columns)
{
    const __mmask16 some_rows = (__mmask16)((1U << rows) - 1U);
    const __mmask16 some_columns = (__mmask16)((1U << columns) - 1U);
    SNUG_TRANSPOSE_16(SNUG_TRANSPOSE_LOAD)
    SNUG_TRANSPOSE_FOUR(0, 1, 2, 3)
    SNUG_TRANSPOSE_FOUR(4, 5, 6, 7)
    SNUG_TRANSPOSE_FOUR(8, 9, 10, 11)
    SNUG_TRANSPOSE_FOUR(12, 13, 14, 15)
    SNUG_TRANSPOSE_COLUMNS(0, 4, 8, 12)
    SNUG_TRANSPOSE_COLUMNS(1, 5, 9, 13)
    SNUG_TRANSPOSE_COLUMNS(2, 6, 10, 14)
    SNUG_TRANSPOSE_COLUMNS(3, 7, 11, 15)
    SNUG_TRANSPOSE_16(SNUG_TRANSPOSE_STORE)
}

#else

/* out[c * out_stride + r] = in[r * in_stride + c] for a tile of at most 16 rows and columns. */
static inline void snug_transpose_tile(const float *in, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride,
                                       int32_t rows, int32_t columns)
{
    const int32_t whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
    for (int32_t r = 0; r < whole_rows; r += 4) {
        for (int32_t c = 0; c < whole_columns; c += 4)
            snug_transpose_4x4(in + r * in_stride + c, in_stride, out + c * out_stride + r, out_stride);
        for (int32_t c = whole_columns; c < columns; ++c)
            for (int32_t k = r; k < r + 4; ++k)
                out[c * out_stride + k] = in[k * in_stride + c];
    }
    for (int32_t r = whole_rows; r < rows; ++r)
        for (int32_t c = 0; c < columns; ++c)
            out[c * out_stride + r] = in[r * in_stride + c];
}

#endif

/* out[c * out_stride + r] = in[r * in_stride + c]. */
static inline void snug_transpose(const float *in, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride,
                                  int32_t rows, int32_t columns)
{
    for (int32_t r = 0; r < rows; r += 16)
        for (int32_t c = 0; c < columns; c += 16)
            snug_transpose_tile(in + r * in_stride + c, in_stride, out + c * out_stride + r, out_stride,
                                rows - r < 16 ? rows - r : 16, columns - c < 16 ? columns - c : 16);
}

#endif
