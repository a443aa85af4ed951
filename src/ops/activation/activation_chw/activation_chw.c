/* activation_chw.c - an activation alone, planar. */
#include "runs.h"

SNUG_MAP_KERNEL(activation_chw)
{
    (void)other;
    snug_activate_runs(layer, snug_runs_chw(layer), input, output);
}
