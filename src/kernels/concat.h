/* concat.h - one input of a concatenation copied into its channels of the output. */
#ifndef SNUG_CONCAT_H
#define SNUG_CONCAT_H

#include "copy.h"
#include "runs.h"

/* Runs of an input, from where its channels begin in the output. */
static inline void snug_copy_runs(snug_runs every, const float *input, float *output)
{
    const snug_runs runs = snug_join_runs(every);
    for (int32_t o = 0; o < runs.outer; ++o)
        for (int32_t m = 0; m < runs.middle; ++m)
            snug_copy(output + o * runs.out_outer + m * runs.out_middle,
                      input + o * runs.in_outer + m * runs.in_middle, runs.inner);
}

/* `count` channels of every pixel, from one block of the input into one of the output. */
static inline void snug_concat_channels(const snug_layer *layer, const float *input, float *output,
                                        int32_t count)
{
    for (int32_t y = 0; y < layer->in_height; ++y) {
        const float *in = input + (ptrdiff_t)y * layer->in_row;
        float *out = output + (ptrdiff_t)y * layer->out_row;
        for (int32_t x = 0; x < layer->in_width; ++x, in += layer->in_pixel, out += layer->out_pixel) {
            if (count == 16)
                snug_copy_16(out, in);
            else
                snug_copy_channels(out, in, count);
        }
    }
}

/* Blocks of 16, 8 or 4 channels. Where the channels do not begin at a block, each block of the input goes
 * into two of the output. */
static inline void snug_concat_blocks(const snug_layer *layer, int32_t block, const float *input,
                                      float *output)
{
    const int32_t shift = layer->channel_offset % block;
    float *out_block = output + (ptrdiff_t)(layer->channel_offset / block) * layer->out_plane;
    for (int32_t c = 0; c < layer->in_channels;
         c += block, input += layer->in_plane, out_block += layer->out_plane) {
        const int32_t left = layer->in_channels - c, count = left < block ? left : block;
        const int32_t room = block - shift, here = count < room ? count : room;
        snug_concat_channels(layer, input, out_block + shift, here);
        if (count > here)
            snug_concat_channels(layer, input + here, out_block + layer->out_plane, count - here);
    }
    if (layer->channel_offset + layer->in_channels == layer->out_channels)
        snug_zero_padding(layer, block, output);
}

#endif
