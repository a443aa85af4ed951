/* convert_c8_hwc.c - blocks of 8 channels to interleaved. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_c8_hwc)
{
    (void)other;
    snug_convert(layer, 8, 0, input, output);
}
