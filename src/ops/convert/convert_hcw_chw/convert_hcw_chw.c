/* convert_hcw_chw.c - rows of planes to planar. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_hcw_chw)
{
    (void)other;
    snug_convert(layer, 1, 1, input, output);
}
