/* pad_c16.c - rows and columns of a constant around a map, blocks of 16 channels. */
#include "pad.h"
#include "runs.h"

SNUG_MAP_KERNEL(pad_c16)
{
    (void)other;
    for (int32_t b = 0; b < (layer->in_channels + 15) / 16; ++b)
        snug_pad(layer, 16, input + (ptrdiff_t)b * layer->in_plane, output + (ptrdiff_t)b * layer->out_plane);
    snug_zero_padding(layer, 16, output);
}
