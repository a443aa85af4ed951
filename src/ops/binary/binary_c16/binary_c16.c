/* binary_c16.c - sum or product of two maps with broadcasting, then an activation, blocks of 16 channels. */
#include "binary.h"
#include "runs.h"

SNUG_MAP_KERNEL(binary_c16)
{
    snug_binary_blocks(layer, 16, input, other, output);
    snug_zero_padding(layer, 16, output);
}
