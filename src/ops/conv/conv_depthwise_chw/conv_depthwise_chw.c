/* conv_depthwise_chw - every channel is convolved with its own kernel (groups = channels), on planar maps:
 * vectors of pixels of a row, from rows that are copied once to the stack, padded and sorted by stride. No
 * workspace. Wins where the maps are planar anyway and wide; on maps narrower than a vector most of it is
 * idle. */
#include "depthwise_planar.h"

SNUG_CONV_KERNEL(conv_depthwise_chw);

SNUG_CONV_KERNEL(conv_depthwise_chw)
{
    (void)workspace;
    snug_depthwise_planes(layer, input, weights, bias, residual, output);
}
