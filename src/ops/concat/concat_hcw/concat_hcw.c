/* concat_hcw.c - one input of a concatenation copied into its channels of the output, rows of planes. */
#include "concat.h"

SNUG_MAP_KERNEL(concat_hcw)
{
    (void)other;
    snug_copy_runs(snug_runs_chw(layer), input, output + (ptrdiff_t)layer->channel_offset * layer->out_plane);
}
