/* pool_max_hwc.c - max pooling, interleaved. */
#include "pool.h"

SNUG_MAP_KERNEL(pool_max_hwc)
{
    (void)other;
    snug_pool_hwc(layer, SNUG_MAX, input, output);
}
