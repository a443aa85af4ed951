/* pool_max_c4.c - max pooling, blocks of 4 channels. */
#include "pool.h"
#include "runs.h"

SNUG_MAP_KERNEL(pool_max_c4)
{
    (void)other;
    snug_pool_blocks(layer, 4, SNUG_MAX, input, output);
    snug_zero_padding(layer, 4, output);
}
