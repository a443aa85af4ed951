/* activation_c16.c - an activation alone, blocks of 16 channels. */
#include "activation.h"
#include "runs.h"

SNUG_MAP_KERNEL(activation_c16)
{
    const snug_activator activator = snug_make_activator(layer);
    const snug_runs runs = snug_join_runs(snug_runs_c16(layer));
    (void)other;
    for (int32_t o = 0; o < runs.outer; ++o)
        for (int32_t m = 0; m < runs.middle; ++m)
            snug_activate_run(&activator, input + o * runs.in_outer + m * runs.in_middle,
                              output + o * runs.out_outer + m * runs.out_middle, runs.inner);
    snug_zero_padding_c16(layer, output);
}
