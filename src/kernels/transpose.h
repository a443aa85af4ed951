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
