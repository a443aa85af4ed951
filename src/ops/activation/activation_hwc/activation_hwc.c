/* activation_hwc.c - an activation alone, interleaved. */
#include "runs.h"

SNUG_MAP_KERNEL(activation_hwc)
{
    (void)other;
    snug_activate_runs(layer, snug_runs_hwc(layer), input, output);
}
