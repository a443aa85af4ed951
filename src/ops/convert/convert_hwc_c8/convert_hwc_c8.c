/* convert_hwc_c8.c - interleaved to blocks of 8 channels. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_hwc_c8)
{
    (void)other;
    snug_convert(layer, 0, 8, input, output);
}
