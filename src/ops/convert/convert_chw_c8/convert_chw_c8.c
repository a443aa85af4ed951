/* convert_chw_c8.c - planar to blocks of 8 channels. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_chw_c8)
{
    (void)other;
    snug_convert(layer, 1, 8, input, output);
}
