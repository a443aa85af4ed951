/* convert_hwc_chw.c - interleaved to planar. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_hwc_chw)
{
    (void)other;
    snug_convert(layer, 0, 1, input, output);
}
