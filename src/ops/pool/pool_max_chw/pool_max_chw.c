/* pool_max_chw.c - max pooling, planar. */
#include "pool_planar.h"

SNUG_MAP_KERNEL(pool_max_chw)
{
    (void)other;
    snug_pool_chw(layer, SNUG_MAX, input, output);
}
