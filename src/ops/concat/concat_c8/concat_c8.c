/* concat_c8.c - one input of a concatenation copied into its channels of the output, blocks of 8 channels. */
#include "concat.h"

SNUG_MAP_KERNEL(concat_c8)
{
    (void)other;
    snug_concat_blocks(layer, 8, input, output);
}
