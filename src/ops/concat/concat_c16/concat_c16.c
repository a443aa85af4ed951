/* concat_c16.c - one input of a concatenation copied into its channels of the output, blocks of 16 channels.
 */
#include "concat.h"

SNUG_MAP_KERNEL(concat_c16)
{
    (void)other;
    snug_concat_blocks(layer, 16, input, output);
}
