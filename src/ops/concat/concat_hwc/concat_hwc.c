/* concat_hwc.c - one input of a concatenation copied into its channels of the output, interleaved. */
#include "concat.h"

SNUG_MAP_KERNEL(concat_hwc)
{
    (void)other;
    snug_copy_runs(snug_runs_hwc(layer), input, output + layer->channel_offset);
}
