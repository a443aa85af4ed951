/* concat_c16.c - one input of a concatenation copied into its channels of the output, blocks of 16 channels.
 * Where the channels do not begin at a block, each block of the input goes into two of the output. */
#include "copy.h"
#include "runs.h"

/* `count` channels of every pixel, from one block of the input into one of the output. */
static void copy_channels(const snug_layer *layer, const float *input, float *output, int32_t count)
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

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

SNUG_MAP_KERNEL(concat_c16)
{
    const int32_t shift = layer->channel_offset % 16;
    float *out_block = output + (ptrdiff_t)(layer->channel_offset / 16) * layer->out_plane;
    (void)other;
    for (int32_t c = 0; c < layer->in_channels;
         c += 16, input += layer->in_plane, out_block += layer->out_plane) {
        const int32_t count = least(layer->in_channels - c, 16), here = least(count, 16 - shift);
        copy_channels(layer, input, out_block + shift, here);
        if (count > here)
            copy_channels(layer, input + here, out_block + layer->out_plane, count - here);
    }
    if (layer->channel_offset + layer->in_channels == layer->out_channels)
        snug_zero_padding_c16(layer, output);
}
