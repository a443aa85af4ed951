/* pool_average_c4.c - average pooling, both kinds, blocks of 4 channels. */
#include "pool.h"
#include "runs.h"

SNUG_MAP_KERNEL(pool_average_c4)
{
    (void)other;
    if (layer->kind == SNUG_AVERAGE)
        snug_pool_blocks(layer, 4, SNUG_AVERAGE, input, output);
    else
        snug_pool_blocks(layer, 4, SNUG_AVERAGE_INCLUDING_PADDING, input, output);
    snug_zero_padding(layer, 4, output);
}
