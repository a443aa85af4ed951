/* binary.h - sums and products of a map and an operand that may be broadcast: its step is then 0. */
#ifndef SNUG_BINARY_H
#define SNUG_BINARY_H

#include "activation.h"

static inline snug_vec snug_combine(int32_t kind, snug_vec a, snug_vec b)
{
    return kind == SNUG_ADD ? snug_add(a, b) : snug_mul(a, b);
}

/* SNUG_VL values, or one value in all lanes where step is 0. */
static inline snug_vec snug_load_operand(const float *p, int32_t step, int32_t i)
{
    return step == 0 ? snug_set1(*p) : snug_load(p + i);
}

/* output[i] = activation(a[i] and b[i * step] combined); step is 0 or 1. */
static inline void snug_binary_run(const snug_activator *activator, int32_t kind, const float *a,
                                   const float *b, int32_t step, float *output, int32_t floats)
{
    int32_t i = 0;
    for (; i + SNUG_VL <= floats; i += SNUG_VL) {
        const snug_vec y = snug_load_operand(b, step, i);
        snug_store(output + i, snug_activate_vector(activator, snug_combine(kind, snug_load(a + i), y)));
    }
    if (i == floats)
        return;
    const int32_t left = floats - i;
    const snug_vec y = step == 0 ? snug_set1(*b) : snug_load_some(b + i, left);
    snug_store_some(output + i,
                    snug_activate_vector(activator, snug_combine(kind, snug_load_some(a + i, left), y)),
                    left);
}

/* How far the operand moves per channel or block, row and pixel; 0 where it is broadcast. */
typedef struct snug_steps {
    ptrdiff_t plane, row, pixel;
} snug_steps;

static inline snug_steps snug_other_steps(const snug_layer *layer)
{
    snug_steps steps;
    steps.plane = layer->other_channels == 1 ? 0 : layer->other_plane;
    steps.row = layer->other_height == 1 ? 0 : layer->other_row;
    steps.pixel = layer->other_width == 1 ? 0 : layer->other_pixel;
    return steps;
}

#endif
