/* convert_hwc_c16.c - interleaved to blocks of 16 channels. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_hwc_c16)
{
    (void)other;
    snug_convert(layer, 0, 16, input, output);
}
