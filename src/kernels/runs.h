/* runs.h - a map as runs of neighbouring floats, so that elementwise kernels need not know layouts; padding
 * channels. */
#ifndef SNUG_RUNS_H
#define SNUG_RUNS_H

#include "activation.h"

/* outer x middle runs of `inner` floats; strides of input and output between them. */
typedef struct snug_runs {
    int32_t outer, middle, inner;
    ptrdiff_t in_outer, in_middle, out_outer, out_middle;
} snug_runs;

/* Joins runs that lie one after another both in input and output. */
static inline snug_runs snug_join_runs(snug_runs runs)
{
    if (runs.in_middle == runs.inner && runs.out_middle == runs.inner) {
        runs.inner *= runs.middle;
        runs.middle = runs.outer;
        runs.in_middle = runs.in_outer;
        runs.out_middle = runs.out_outer;
        runs.outer = 1;
        if (runs.in_middle == runs.inner && runs.out_middle == runs.inner) {
            runs.inner *= runs.middle;
            runs.middle = 1;
        }
    }
    return runs;
}

/* The runs of the layer's input, rows in chw and hcw, pixels in hwc, rows of a block in c16, c8 and c4, and
 * of an output of its shape. */
static inline snug_runs snug_runs_chw(const snug_layer *layer)
{
    const snug_runs runs = {layer->in_channels, layer->in_height, layer->in_width, layer->in_plane,
                            layer->in_row,      layer->out_plane, layer->out_row};
    return runs;
}

static inline snug_runs snug_runs_hwc(const snug_layer *layer)
{
    const snug_runs runs = {layer->in_height, layer->in_width, layer->in_channels, layer->in_row,
                            layer->in_pixel,  layer->out_row,  layer->out_pixel};
    return runs;
}

static inline snug_runs snug_runs_blocks(const snug_layer *layer, int32_t block)
{
    const snug_runs runs = {(layer->in_channels + block - 1) / block,
                            layer->in_height,
                            layer->in_width * block,
                            layer->in_plane,
                            layer->in_row,
                            layer->out_plane,
                            layer->out_row};
    return runs;
}

/* The first `used` (1 ... 16) of 16 channels stay, the others become 0. */
static inline void snug_zero_channels(float *channels, int32_t used)
{
    for (int32_t i = used / SNUG_VL * SNUG_VL; i < 16; i += SNUG_VL) {
        const int32_t kept = used - i;
        snug_store(channels + i, kept > 0 ? snug_load_lanes(channels + i, snug_lanes(kept)) : snug_set1(0));
    }
}

/* Zeros the channels that fill up the last block of an output in blocks of 16, 8 or 4. */
static inline void snug_zero_padding(const snug_layer *layer, int32_t block, float *output)
{
    const int32_t used = layer->out_channels % block;
    if (used == 0)
        return;
    float *last = output + (ptrdiff_t)(layer->out_channels / block) * layer->out_plane;
    for (int32_t y = 0; y < layer->out_height; ++y)
        for (int32_t x = 0; x < layer->out_width; ++x) {
            float *channels = last + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel;
            if (block == 16)
                snug_zero_channels(channels, used);
            else
                for (int32_t c = used; c < block; ++c)
                    channels[c] = 0;
        }
}

/* output = activation(input). */
static inline void snug_activate_runs(const snug_layer *layer, snug_runs every, const float *input,
                                      float *output)
{
    const snug_activator activator = snug_make_activator(layer);
    const snug_runs runs = snug_join_runs(every);
    for (int32_t o = 0; o < runs.outer; ++o)
        for (int32_t m = 0; m < runs.middle; ++m)
            snug_activate_run(&activator, input + o * runs.in_outer + m * runs.in_middle,
                              output + o * runs.out_outer + m * runs.out_middle, runs.inner);
}

#endif
