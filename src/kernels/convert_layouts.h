/* convert_layouts.h - a map copied from one layout into another. in_block, out_block: channels that lie
 * together in the layouts of input and output, 1 planar (chw, hcw), 0 interleaved; constant at every call. */
#ifndef SNUG_CONVERT_LAYOUTS_H
#define SNUG_CONVERT_LAYOUTS_H

#include "copy.h"
#include "runs.h"
#include "transpose.h"

/* Where channel c begins; plane: the distance of planes or blocks. */
static inline ptrdiff_t snug_channel_offset(int32_t block, int32_t c, ptrdiff_t plane)
{
    return block == 0 ? c : c / block * plane + c % block;
}

/* Planes on one side alone: a row of a block, or of an interleaved map, is a matrix to transpose. `count`
 * channels; the map is `rows` rows of `width` pixels. */
static inline void snug_convert_transposed(const snug_layer *layer, int32_t from_planes, int32_t count,
                                           int32_t rows, int32_t width, const float *input, float *output)
{
    for (int32_t y = 0; y < rows; ++y, input += layer->in_row, output += layer->out_row) {
        if (from_planes)
            snug_transpose(input, layer->in_plane, output, layer->out_pixel, count, width);
        else
            snug_transpose(input, layer->in_pixel, output, layer->out_plane, width, count);
    }
}

/* `count` channels of every pixel of one row, 1 ... 16. */
static inline void snug_convert_pixels(const snug_layer *layer, int32_t count, const float *input,
                                       float *output)
{
    for (int32_t x = 0; x < layer->in_width; ++x, input += layer->in_pixel, output += layer->out_pixel) {
        if (count == 16)
            snug_copy_16(output, input);
        else
            snug_copy_channels(output, input, count);
    }
}

/* Planes on neither side: row by row, so that pixels of an interleaved map are complete while they are in the
 * cache. */
static inline void snug_convert_blocks(const snug_layer *layer, int32_t in_block, int32_t out_block,
                                       const float *input, float *output)
{
    const int32_t step = in_block == 0 || (out_block != 0 && out_block < in_block) ? out_block : in_block;
    for (int32_t y = 0; y < layer->in_height; ++y, input += layer->in_row, output += layer->out_row)
        for (int32_t c = 0; c < layer->in_channels; c += step) {
            const int32_t left = layer->in_channels - c;
            snug_convert_pixels(layer, left < step ? left : step,
                                input + snug_channel_offset(in_block, c, layer->in_plane),
                                output + snug_channel_offset(out_block, c, layer->out_plane));
        }
}

/* Planes on one side at least. Where rows lie one after another, the map is a single row. */
static inline void snug_convert_planes(const snug_layer *layer, int32_t in_block, int32_t out_block,
                                       const float *input, float *output)
{
    const int32_t joined = layer->in_row == layer->in_width * layer->in_pixel &&
                           layer->out_row == layer->in_width * layer->out_pixel;
    const int32_t rows = joined ? 1 : layer->in_height;
    const int32_t width = joined ? layer->in_height * layer->in_width : layer->in_width;
    const int32_t block = in_block == 1 ? out_block : in_block, step = block ? block : layer->in_channels;
    for (int32_t c = 0; c < layer->in_channels; c += step) {
        const int32_t left = layer->in_channels - c, count = left < step ? left : step;
        const float *in = input + snug_channel_offset(in_block, c, layer->in_plane);
        float *out = output + snug_channel_offset(out_block, c, layer->out_plane);
        if (block != 1)
            snug_convert_transposed(layer, in_block == 1, count, rows, width, in, out);
        else
            for (int32_t y = 0; y < rows; ++y)
                snug_copy(out + (ptrdiff_t)y * layer->out_row, in + (ptrdiff_t)y * layer->in_row, width);
    }
}

static inline void snug_convert(const snug_layer *layer, int32_t in_block, int32_t out_block,
                                const float *input, float *output)
{
    if (in_block == 1 || out_block == 1)
        snug_convert_planes(layer, in_block, out_block, input, output);
    else
        snug_convert_blocks(layer, in_block, out_block, input, output);
    if (out_block > 1)
        snug_zero_padding(layer, out_block, output);
}

#endif
