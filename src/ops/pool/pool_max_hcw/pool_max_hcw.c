/* pool_max_hcw.c - max pooling, rows of planes. */
#include "pool_planar.h"

SNUG_MAP_KERNEL(pool_max_hcw)
{
    (void)other;
    snug_pool_chw(layer, SNUG_MAX, input, output);
}
