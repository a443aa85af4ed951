/* kn2.h - convolution of stride 1 as a sum of 1x1 convolutions, one for every tap of the kernel, each shifted
 * by where its tap lies. The output holds the sums meanwhile: it begins as bias and residual, and is
 * activated when the last tap has been added. It is taken in parts that stay in the second-level cache while
 * the taps go by. */
#ifndef SNUG_KN2_H
#define SNUG_KN2_H

#include "im2col.h"

/* Floats of a part of the output. */
enum { SNUG_KN2_PART = 65536 };

/* Bias and residual of the output rows [begin, end) of `channels` planes. */
static inline void snug_kn2_begin_chw(const snug_layer *l, int32_t channels, int32_t begin, int32_t end,
                                      const float *bias, const float *residual, float *output)
{
    const int contiguous = l->out_pixel == 1 && (!residual || l->other_pixel == 1);
    for (int32_t o = 0; o < channels; o++)
        for (int32_t y = begin; y < end; y++) {
            float *out = output + (ptrdiff_t)o * l->out_plane + (ptrdiff_t)y * l->out_row;
            const float *other = NULL;
            if (residual)
                other = residual + (ptrdiff_t)o * l->other_plane + (ptrdiff_t)y * l->other_row;
            if (contiguous && other)
                for (int32_t x = 0; x < l->out_width; x++)
                    out[x] = bias[o] + other[x];
            else if (contiguous)
                for (int32_t x = 0; x < l->out_width; x++)
                    out[x] = bias[o];
            else
                for (int32_t x = 0; x < l->out_width; x++)
                    out[(ptrdiff_t)x * l->out_pixel] =
                        other ? bias[o] + other[(ptrdiff_t)x * l->other_pixel] : bias[o];
        }
}

/* Activates the output rows [begin, end) of `channels` planes. */
static inline void snug_kn2_finish_chw(const snug_layer *l, int32_t channels, int32_t begin, int32_t end,
                                       float *output)
{
    if (l->activation == SNUG_NO_ACTIVATION)
        return;
    for (int32_t o = 0; o < channels; o++)
        for (int32_t y = begin; y < end; y++) {
            float *out = output + (ptrdiff_t)o * l->out_plane + (ptrdiff_t)y * l->out_row;
            if (l->out_pixel == 1)
                snug_activate(l, out, l->out_width);
            else
                for (int32_t x = 0; x < l->out_width; x++)
                    out[(ptrdiff_t)x * l->out_pixel] = snug_activated(l, out[(ptrdiff_t)x * l->out_pixel]);
        }
}

/* The outputs [begin, end) along an axis for which one tap lies inside the input. Stride 1. */
static inline void snug_kn2_range(const snug_axis *axis, int32_t tap, int32_t *begin, int32_t *end)
{
    const int32_t shift = tap * axis->dilation - axis->pad;
    *begin = shift < 0 ? -shift : 0;
    *end = axis->inputs - shift < axis->outputs ? axis->inputs - shift : axis->outputs;
    if (*end < *begin)
        *end = *begin;
}

#endif
