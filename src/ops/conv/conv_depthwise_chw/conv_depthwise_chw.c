/* conv_depthwise_chw - every channel is convolved with its own kernel (groups = channels), on planar maps:
 * vectors of pixels of a row, from rows that are copied once to the stack, padded and sorted by stride. No
 * workspace. Wins where the maps are planar anyway and wide; on maps narrower than a vector most of it is
 * idle. */
#include "depthwise_planar.h"

SNUG_CONV_KERNEL(conv_depthwise_chw);

SNUG_CONV_KERNEL(conv_depthwise_chw)
{
    (void)workspace;
    const int32_t taps = layer->kernel_height * layer->kernel_width;
    for (int32_t c = 0; c < layer->out_channels; c++)
        snug_depthwise_plane(layer, input + (ptrdiff_t)c * layer->in_plane, weights + (ptrdiff_t)c * taps,
                             bias[c], residual ? residual + (ptrdiff_t)c * layer->other_plane : NULL,
                             output + (ptrdiff_t)c * layer->out_plane);
}
