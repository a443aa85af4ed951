/* concat_c4.c - one input of a concatenation copied into its channels of the output, blocks of 4 channels. */
#include "concat.h"

SNUG_MAP_KERNEL(concat_c4)
{
    (void)other;
    snug_concat_blocks(layer, 4, input, output);
}
