/* conv_direct_chw - the textbook loops on planar maps, for every layer. No workspace and weights in ONNX's
 * order, a fraction of the machine's speed: what remains where nothing else serves a layer, and the yardstick
 * of the `direct` strategy. */
#include "direct.h"

SNUG_CONV_KERNEL(conv_direct_chw);

SNUG_CONV_KERNEL(conv_direct_chw)
{
    (void)workspace;
    snug_direct(layer, 1, 1, input, weights, bias, residual, output);
}
