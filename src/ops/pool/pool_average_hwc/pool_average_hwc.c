/* pool_average_hwc.c - average pooling, both kinds, interleaved. */
#include "pool.h"

SNUG_MAP_KERNEL(pool_average_hwc)
{
    (void)other;
    if (layer->kind == SNUG_AVERAGE)
        snug_pool_together(layer, SNUG_AVERAGE, layer->in_channels, input, output);
    else
        snug_pool_together(layer, SNUG_AVERAGE_INCLUDING_PADDING, layer->in_channels, input, output);
}
