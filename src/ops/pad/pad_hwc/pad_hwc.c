/* pad_hwc.c - rows and columns of a constant around a map, interleaved. */
#include "pad.h"

SNUG_MAP_KERNEL(pad_hwc)
{
    (void)other;
    snug_pad(layer, layer->in_channels, input, output);
}
