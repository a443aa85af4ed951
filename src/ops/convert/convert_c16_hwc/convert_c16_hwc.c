/* convert_c16_hwc.c - blocks of 16 channels to interleaved. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_c16_hwc)
{
    (void)other;
    snug_convert(layer, 16, 0, input, output);
}
