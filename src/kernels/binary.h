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

/* output[i] = activation(a[i] and b[i * step] combined); step is 0 or 1, constant. */
static inline void snug_binary_steps(const snug_activator *activator, int32_t kind, const float *a,
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

static inline void snug_binary_run(const snug_activator *activator, int32_t kind, const float *a,
                                   const float *b, int32_t step, float *output, int32_t floats)
{
    if (step)
        snug_binary_steps(activator, kind, a, b, 1, output, floats);
    else
        snug_binary_steps(activator, kind, a, b, 0, output, floats);
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

/* Planar maps. Where rows lie one after another and the operand has the same shape, or one value per channel,
 * planes are single runs. */
static inline void snug_binary_planes(const snug_layer *layer, const float *input, const float *other,
                                      float *output)
{
    const snug_activator activator = snug_make_activator(layer);
    const snug_steps b = snug_other_steps(layer);
    const int32_t width = layer->out_width, channels = layer->out_channels;
    const int32_t per_channel = layer->other_height == 1 && layer->other_width == 1;
    const int32_t same =
        layer->other_height == layer->out_height && layer->other_width == width && layer->other_row == width;
    if (layer->in_row == width && layer->out_row == width && (per_channel || same)) {
        for (int32_t c = 0; c < channels; ++c)
            snug_binary_run(&activator, layer->kind, input + (ptrdiff_t)c * layer->in_plane,
                            other + c * b.plane, !per_channel, output + (ptrdiff_t)c * layer->out_plane,
                            layer->out_height * width);
        return;
    }
    for (int32_t c = 0; c < channels; ++c)
        for (int32_t y = 0; y < layer->out_height; ++y)
            snug_binary_run(&activator, layer->kind,
                            input + (ptrdiff_t)c * layer->in_plane + (ptrdiff_t)y * layer->in_row,
                            other + c * b.plane + y * b.row, b.pixel != 0,
                            output + (ptrdiff_t)c * layer->out_plane + (ptrdiff_t)y * layer->out_row, width);
}

/* Blocks of channels: rows of a block are single runs where the operand has all channels and pixels. One with
 * a single channel spreads its first lane. */
static inline void snug_binary_blocks(const snug_layer *layer, int32_t block, const float *input,
                                      const float *other, float *output)
{
    const snug_activator activator = snug_make_activator(layer);
    const snug_steps b = snug_other_steps(layer);
    const int32_t b_step = layer->other_channels != 1 || layer->out_channels == 1;
    const int32_t joined = b_step && b.pixel == block;
    const int32_t pixels = joined ? 1 : layer->out_width;
    const int32_t floats = joined ? layer->out_width * block : block;
    for (int32_t k = 0; k * block < layer->out_channels; ++k)
        for (int32_t y = 0; y < layer->out_height; ++y)
            for (int32_t x = 0; x < pixels; ++x)
                snug_binary_run(&activator, layer->kind,
                                input + (ptrdiff_t)k * layer->in_plane + (ptrdiff_t)y * layer->in_row +
                                    (ptrdiff_t)x * block,
                                other + k * b.plane + y * b.row + x * b.pixel, b_step,
                                output + (ptrdiff_t)k * layer->out_plane + (ptrdiff_t)y * layer->out_row +
                                    (ptrdiff_t)x * block,
                                floats);
}

#endif
