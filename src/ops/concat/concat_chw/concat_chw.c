/* concat_chw.c - one input of a concatenation copied into its channels of the output, planar. */
#include "copy.h"
#include "runs.h"

SNUG_MAP_KERNEL(concat_chw)
{
    const snug_runs runs = snug_join_runs(snug_runs_chw(layer));
    float *channels = output + (ptrdiff_t)layer->channel_offset * layer->out_plane;
    (void)other;
    for (int32_t o = 0; o < runs.outer; ++o)
        for (int32_t m = 0; m < runs.middle; ++m)
            snug_copy(channels + o * runs.out_outer + m * runs.out_middle,
                      input + o * runs.in_outer + m * runs.in_middle, runs.inner);
}
