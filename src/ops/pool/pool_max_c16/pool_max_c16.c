/* pool_max_c16.c - max pooling, blocks of 16 channels. */
#include "pool.h"
#include "runs.h"

SNUG_MAP_KERNEL(pool_max_c16)
{
    (void)other;
    snug_pool_c16(layer, SNUG_MAX, input, output);
    snug_zero_padding(layer, 16, output);
}
