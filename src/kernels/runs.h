/* runs.h - a map as runs of neighbouring floats, so that elementwise kernels need not know layouts; padding
 * channels. */
#ifndef SNUG_RUNS_H
#define SNUG_RUNS_H

#include "functions.h"
#include "snug.h"

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

/* The runs of the layer's input, rows in chw, pixels in hwc, rows of a block in c16, and of an output of its
 * shape. */
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

static inline snug_runs snug_runs_c16(const snug_layer *layer)
{
    const snug_runs runs = {(layer->in_channels + 15) / 16,
                            layer->in_height,
                            layer->in_width * 16,
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

/* Zeros the channels that fill up the last block of a c16 output. */
static inline void snug_zero_padding_c16(const snug_layer *layer, float *output)
{
    const int32_t used = layer->out_channels % 16;
    if (used == 0)
        return;
    float *block = output + (ptrdiff_t)(layer->out_channels / 16) * layer->out_plane;
    for (int32_t y = 0; y < layer->out_height; ++y)
        for (int32_t x = 0; x < layer->out_width; ++x)
            snug_zero_channels(block + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel, used);
}

#endif
