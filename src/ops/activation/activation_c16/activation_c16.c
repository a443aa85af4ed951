/* activation_c16.c - an activation alone, blocks of 16 channels. */
#include "runs.h"

SNUG_MAP_KERNEL(activation_c16)
{
    (void)other;
    snug_activate_runs(layer, snug_runs_blocks(layer, 16), input, output);
    snug_zero_padding(layer, 16, output);
}
