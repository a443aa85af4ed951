/* depthwise_planar.h - every channel convolved with its own kernel, planar: a vector holds pixels of a row.
 *
 * The rows that a kernel covers are copied to the stack, each once, with zeros where they reach over the map
 * and with the columns of a stride apart (stride 2: first the even ones, then the odd ones). So every tap of
 * neighbouring outputs is one vector, whatever the padding and the stride. Wide maps are cut into strips. */
#ifndef SNUG_DEPTHWISE_PLANAR_H
#define SNUG_DEPTHWISE_PLANAR_H

#include "conv_regions.h"

#define SNUG_PLANAR_FLOATS 4096 /* on the stack */

/* A strip of columns: `outputs` from column x on. Row r of the input lies in slot r % slots. */
typedef struct snug_planar_strip {
    int32_t x, outputs, slots;
    int32_t phase_floats, slot_floats; /* a slot holds stride_x phases */
} snug_planar_strip;

/* to[i] = from[column + i * stride], 0 where that is outside of the row. */
static inline void snug_planar_phase(const float *from, int32_t width, int32_t column, int32_t stride,
                                     float *to, int32_t floats)
{
    int32_t begin = column < 0 ? (-column + stride - 1) / stride : 0;
    int32_t end = column < width ? (width - 1 - column) / stride + 1 : 0;
    if (end > floats)
        end = floats;
    if (begin > end)
        begin = end;
    for (int32_t i = 0; i < begin; i++)
        to[i] = 0.0f;
    if (stride == 1)
        for (int32_t i = begin; i < end; i++)
            to[i] = from[column + i];
    else if (stride == 2)
        for (int32_t i = begin; i < end; i++)
            to[i] = from[column + 2 * i];
    else
        for (int32_t i = begin; i < end; i++)
            to[i] = from[column + i * stride];
    for (int32_t i = end; i < floats; i++)
        to[i] = 0.0f;
}

#define SNUG_PLANAR_ZERO(v) snug_vec c##v = start;
#define SNUG_PLANAR_FMA(v) c##v = snug_fma(w, snug_load(p + (v) * SNUG_VL), c##v);
#define SNUG_PLANAR_STORE(v)                                                                  \
    if ((v) * SNUG_VL < outputs) {                                                            \
        const int32_t rest = outputs - (v) * SNUG_VL;                                         \
        const snug_some lanes = snug_lanes(rest < SNUG_VL ? rest : SNUG_VL);                  \
        if (add)                                                                              \
            c##v = snug_add(c##v, snug_load_lanes(add + (v) * SNUG_VL, lanes));               \
        if (snug_has_limits(l))                                                               \
            c##v = snug_min(snug_set1(snug_high(l)), snug_max(snug_set1(snug_low(l)), c##v)); \
        snug_store_lanes(out + (v) * SNUG_VL, c##v, lanes);                                   \
    }
#define SNUG_PLANAR_1(DO) DO(0)
#define SNUG_PLANAR_4(DO) DO(0) DO(1) DO(2) DO(3)

/* Up to 4 vectors of a row. rows: those of the kernel inside the map, [first, last). x: from the strip's
 * begin. */
#define SNUG_PLANAR_FUNCTION(vectors)                                                                     \
    static SNUG_NOINLINE void snug_planar_##vectors(                                                      \
        const snug_layer *l, const snug_planar_strip *s, const float *slots, int32_t top, int32_t first,  \
        int32_t last, int32_t x, int32_t outputs, const float *weights, float bias, const float *add,     \
        float *out)                                                                                       \
    {                                                                                                     \
        const snug_vec start = snug_set1(bias);                                                           \
        SNUG_PLANAR_##vectors(SNUG_PLANAR_ZERO) for (int32_t ky = first; ky < last; ky++)                 \
        {                                                                                                 \
            const float *slot = slots + (top + ky * l->dilation_y) % s->slots * s->slot_floats + x;       \
            int32_t phase = 0, column = 0;                                                                \
            SNUG_NO_UNROLL                                                                                \
            for (int32_t kx = 0; kx < l->kernel_width; kx++) {                                            \
                const float *p = slot + phase * s->phase_floats + column;                                 \
                const snug_vec w = snug_set1(weights[ky * l->kernel_width + kx]);                         \
                SNUG_PLANAR_##vectors(SNUG_PLANAR_FMA) for (phase += l->dilation_x; phase >= l->stride_x; \
                                                            phase -= l->stride_x) column++;               \
            }                                                                                             \
        }                                                                                                 \
        SNUG_PLANAR_##vectors(SNUG_PLANAR_STORE)                                                          \
    }
SNUG_PLANAR_FUNCTION(1)
SNUG_PLANAR_FUNCTION(4)

/* All rows of a strip of one channel. */
static inline void snug_planar_rows(const snug_layer *l, const snug_planar_strip *s, const float *input,
                                    const float *weights, float bias, const float *residual, float *output)
{
    float slots[SNUG_PLANAR_FLOATS];
    const snug_axis axis = snug_axis_y(l);
    int32_t copied = 0; /* rows before this one are in their slots, or have been */
    for (int32_t y = 0; y < l->out_height; y++) {
        const int32_t top = y * l->stride_y - l->pad_top;
        int32_t first, last;
        snug_valid_taps(&axis, y, &first, &last);
        /* Those of the next output as well: a load waits for stores just before it that it overlaps in part.
         */
        int32_t end = top + (l->kernel_height - 1) * l->dilation_y + 1 + l->stride_y;
        if (end > l->in_height)
            end = l->in_height;
        if (copied < end - s->slots)
            copied = end - s->slots;
        for (; copied < end; copied++)
            for (int32_t phase = 0; phase < l->stride_x; phase++)
                snug_planar_phase(input + (ptrdiff_t)copied * l->in_row, l->in_width,
                                  s->x * l->stride_x - l->pad_left + phase, l->stride_x,
                                  slots + copied % s->slots * s->slot_floats + phase * s->phase_floats,
                                  s->phase_floats);
        const float *add = residual ? residual + (ptrdiff_t)y * l->other_row : NULL;
        float *out = output + (ptrdiff_t)y * l->out_row;
        for (int32_t x = 0; x < s->outputs; x += 4 * SNUG_VL) {
            const int32_t rest = s->outputs - x;
            if (rest > 2 * SNUG_VL) {
                snug_planar_4(l, s, slots, top, first, last, x, rest, weights, bias, add ? add + x : NULL,
                              out + x);
                continue;
            }
            for (int32_t i = x; i < s->outputs; i += SNUG_VL)
                snug_planar_1(l, s, slots, top, first, last, i, s->outputs - i, weights, bias,
                              add ? add + i : NULL, out + i);
        }
        snug_activate_rows(l, 1, s->outputs, out, l->out_row);
    }
}

/* Outputs of a strip are whole fours of vectors, of any length. */
#define SNUG_PLANAR_OUTPUTS 64

/* One channel. weights: its taps. */
static inline void snug_depthwise_plane(const snug_layer *l, const float *input, const float *weights,
                                        float bias, const float *residual, float *output)
{
    const int32_t reach = ((l->kernel_width - 1) * l->dilation_x + l->stride_x) / l->stride_x;
    snug_planar_strip s;
    s.slots = (l->kernel_height - 1) * l->dilation_y + 1 + l->stride_y;
    const int32_t room = SNUG_PLANAR_FLOATS / s.slots / l->stride_x - reach;
    const int32_t most = room / SNUG_PLANAR_OUTPUTS * SNUG_PLANAR_OUTPUTS;
    for (s.x = 0; s.x < l->out_width; s.x += most) {
        s.outputs = l->out_width - s.x < most ? l->out_width - s.x : most;
        const int32_t vectors = s.outputs > 2 * SNUG_VL ? 4 * SNUG_VL : SNUG_VL; /* at a time */
        s.phase_floats = (s.outputs + vectors - 1) / vectors * vectors + reach;
        s.slot_floats = l->stride_x * s.phase_floats;
        snug_planar_rows(l, &s, input, weights, bias, residual ? residual + s.x : NULL, output + s.x);
    }
}

/* All channels. */
static inline void snug_depthwise_planes(const snug_layer *l, const float *input, const float *weights,
                                         const float *bias, const float *residual, float *output)
{
    const int32_t taps = l->kernel_height * l->kernel_width;
    for (int32_t c = 0; c < l->out_channels; c++)
        snug_depthwise_plane(l, input + (ptrdiff_t)c * l->in_plane, weights + (ptrdiff_t)c * taps, bias[c],
                             residual ? residual + (ptrdiff_t)c * l->other_plane : NULL,
                             output + (ptrdiff_t)c * l->out_plane);
}

#endif
