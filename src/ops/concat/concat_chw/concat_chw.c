/* concat_chw.c - one input of a concatenation copied into its channels of the output, planar. */
#include "concat.h"

SNUG_MAP_KERNEL(concat_chw)
{
    (void)other;
    snug_copy_runs(snug_runs_chw(layer), input, output + (ptrdiff_t)layer->channel_offset * layer->out_plane);
}
