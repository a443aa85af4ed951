/* conv_depthwise_hcw - every channel is convolved with its own kernel (groups = channels), on rows of planes:
 * conv_depthwise_chw, whose rows lie elsewhere. No workspace. */
#include "depthwise_planar.h"

SNUG_CONV_KERNEL(conv_depthwise_hcw);

SNUG_CONV_KERNEL(conv_depthwise_hcw)
{
    (void)workspace;
    snug_depthwise_planes(layer, input, weights, bias, residual, output);
}
