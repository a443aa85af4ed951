/* conv_direct_hwc - the textbook loops on interleaved maps, for every layer. No workspace and weights in
 * ONNX's order, a fraction of the machine's speed: what remains where nothing else serves a layer, and the
 * yardstick of the `direct` strategy. */
#include "direct.h"

SNUG_CONV_KERNEL(conv_direct_hwc);

SNUG_CONV_KERNEL(conv_direct_hwc)
{
    (void)workspace;
    snug_direct(layer, INT32_MAX, INT32_MAX, input, weights, bias, residual, output);
}
