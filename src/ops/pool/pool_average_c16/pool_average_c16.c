/* pool_average_c16.c - average pooling, both kinds, blocks of 16 channels. */
#include "pool.h"
#include "runs.h"

SNUG_MAP_KERNEL(pool_average_c16)
{
    (void)other;
    if (layer->kind == SNUG_AVERAGE)
        snug_pool_c16(layer, SNUG_AVERAGE, input, output);
    else
        snug_pool_c16(layer, SNUG_AVERAGE_INCLUDING_PADDING, input, output);
    snug_zero_padding(layer, 16, output);
}
