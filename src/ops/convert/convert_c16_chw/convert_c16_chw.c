/* convert_c16_chw.c - blocks of 16 channels to planar. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_c16_chw)
{
    (void)other;
    snug_convert(layer, 16, 1, input, output);
}
