/* convert_chw_c4.c - planar to blocks of 4 channels. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_chw_c4)
{
    (void)other;
    snug_convert(layer, 1, 4, input, output);
}
