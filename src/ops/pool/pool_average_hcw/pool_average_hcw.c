/* pool_average_hcw.c - average pooling, both kinds, rows of planes. */
#include "pool_planar.h"

SNUG_MAP_KERNEL(pool_average_hcw)
{
    (void)other;
    if (layer->kind == SNUG_AVERAGE)
        snug_pool_chw(layer, SNUG_AVERAGE, input, output);
    else
        snug_pool_chw(layer, SNUG_AVERAGE_INCLUDING_PADDING, input, output);
}
