/* convert_c4_hwc.c - blocks of 4 channels to interleaved. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_c4_hwc)
{
    (void)other;
    snug_convert(layer, 4, 0, input, output);
}
