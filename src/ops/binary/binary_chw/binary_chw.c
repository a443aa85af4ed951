/* binary_chw.c - sum or product of two maps with broadcasting, then an activation, planar. */
#include "binary.h"

SNUG_MAP_KERNEL(binary_chw)
{
    snug_binary_planes(layer, input, other, output);
}
