/* pool_average_chw.c - average pooling, both kinds, planar. */
#include "pool_planar.h"

SNUG_MAP_KERNEL(pool_average_chw)
{
    (void)other;
    if (layer->kind == SNUG_AVERAGE)
        snug_pool_chw(layer, SNUG_AVERAGE, input, output);
    else
        snug_pool_chw(layer, SNUG_AVERAGE_INCLUDING_PADDING, input, output);
}
