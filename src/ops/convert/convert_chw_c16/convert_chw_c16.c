/* convert_chw_c16.c - planar to blocks of 16 channels. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_chw_c16)
{
    (void)other;
    snug_convert(layer, 1, 16, input, output);
}
