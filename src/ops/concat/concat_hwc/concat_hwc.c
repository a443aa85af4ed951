/* concat_hwc.c - one input of a concatenation copied into its channels of the output, interleaved. */
#include "copy.h"
#include "runs.h"

SNUG_MAP_KERNEL(concat_hwc)
{
    const snug_runs runs = snug_join_runs(snug_runs_hwc(layer));
    float *channels = output + layer->channel_offset;
    (void)other;
    for (int32_t o = 0; o < runs.outer; ++o)
        for (int32_t m = 0; m < runs.middle; ++m)
            snug_copy(channels + o * runs.out_outer + m * runs.out_middle,
                      input + o * runs.in_outer + m * runs.in_middle, runs.inner);
}
