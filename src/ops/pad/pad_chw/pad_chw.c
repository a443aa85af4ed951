/* pad_chw.c - rows and columns of a constant around a map, planar. */
#include "pad.h"

SNUG_MAP_KERNEL(pad_chw)
{
    (void)other;
    for (int32_t c = 0; c < layer->in_channels; ++c)
        snug_pad(layer, 1, input + (ptrdiff_t)c * layer->in_plane, output + (ptrdiff_t)c * layer->out_plane);
}
