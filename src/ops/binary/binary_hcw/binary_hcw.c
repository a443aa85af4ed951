/* binary_hcw.c - sum or product of two maps with broadcasting, then an activation, rows of planes. */
#include "binary.h"

SNUG_MAP_KERNEL(binary_hcw)
{
    snug_binary_planes(layer, input, other, output);
}
