/* activation_hwc.c - an activation alone, interleaved. */
#include "activation.h"
#include "runs.h"

SNUG_MAP_KERNEL(activation_hwc)
{
    const snug_activator activator = snug_make_activator(layer);
    const snug_runs runs = snug_join_runs(snug_runs_hwc(layer));
    (void)other;
    for (int32_t o = 0; o < runs.outer; ++o)
        for (int32_t m = 0; m < runs.middle; ++m)
            snug_activate_run(&activator, input + o * runs.in_outer + m * runs.in_middle,
                              output + o * runs.out_outer + m * runs.out_middle, runs.inner);
}
