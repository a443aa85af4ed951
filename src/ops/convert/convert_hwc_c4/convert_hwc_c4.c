/* convert_hwc_c4.c - interleaved to blocks of 4 channels. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_hwc_c4)
{
    (void)other;
    snug_convert(layer, 0, 4, input, output);
}
