/* binary_c8.c - sum or product of two maps with broadcasting, then an activation, blocks of 8 channels. */
#include "binary.h"
#include "runs.h"

SNUG_MAP_KERNEL(binary_c8)
{
    snug_binary_blocks(layer, 8, input, other, output);
    snug_zero_padding(layer, 8, output);
}
