/* convert_chw_hwc.c - planar to interleaved. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_chw_hwc)
{
    (void)other;
    snug_convert(layer, 1, 0, input, output);
}
