/* convert_c8_chw.c - blocks of 8 channels to planar. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_c8_chw)
{
    (void)other;
    snug_convert(layer, 8, 1, input, output);
}
