/* convert_chw_hcw.c - planar to rows of planes. */
#include "convert_layouts.h"

SNUG_MAP_KERNEL(convert_chw_hcw)
{
    (void)other;
    snug_convert(layer, 1, 1, input, output);
}
