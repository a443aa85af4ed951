/* binary_c4.c - sum or product of two maps with broadcasting, then an activation, blocks of 4 channels. */
#include "binary.h"
#include "runs.h"

SNUG_MAP_KERNEL(binary_c4)
{
    snug_binary_blocks(layer, 4, input, other, output);
    snug_zero_padding(layer, 4, output);
}
