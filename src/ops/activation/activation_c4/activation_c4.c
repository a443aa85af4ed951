/* activation_c4.c - an activation alone, blocks of 4 channels. */
#include "runs.h"

SNUG_MAP_KERNEL(activation_c4)
{
    (void)other;
    snug_activate_runs(layer, snug_runs_blocks(layer, 4), input, output);
    snug_zero_padding(layer, 4, output);
}
