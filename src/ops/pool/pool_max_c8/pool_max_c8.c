/* pool_max_c8.c - max pooling, blocks of 8 channels. */
#include "pool.h"
#include "runs.h"

SNUG_MAP_KERNEL(pool_max_c8)
{
    (void)other;
    snug_pool_blocks(layer, 8, SNUG_MAX, input, output);
    snug_zero_padding(layer, 8, output);
}
