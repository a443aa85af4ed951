/* convert_c4_chw.c - blocks of 4 channels to planar. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_c4_chw)
{
    (void)other;
    snug_convert(layer, 4, 1, input, output);
}
