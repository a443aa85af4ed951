/* pool_average_hwc.c - average pooling, both kinds, interleaved. */
#include "pool.h"

SNUG_MAP_KERNEL(pool_average_hwc)
{
    (void)other;
    if (layer->kind == SNUG_AVERAGE)
        snug_pool_hwc(layer, SNUG_AVERAGE, input, output);
    else
        snug_pool_hwc(layer, SNUG_AVERAGE_INCLUDING_PADDING, input, output);
}
