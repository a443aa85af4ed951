/* activation_hcw.c - an activation alone, rows of planes. */
#include "runs.h"

SNUG_MAP_KERNEL(activation_hcw)
{
    (void)other;
    snug_activate_runs(layer, snug_runs_chw(layer), input, output);
}
