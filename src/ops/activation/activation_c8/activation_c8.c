/* activation_c8.c - an activation alone, blocks of 8 channels. */
#include "runs.h"

SNUG_MAP_KERNEL(activation_c8)
{
    (void)other;
    snug_activate_runs(layer, snug_runs_blocks(layer, 8), input, output);
    snug_zero_padding(layer, 8, output);
}
