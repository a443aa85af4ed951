// Depthwise convolution, interleaved.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_depthwise_hwc;
const Primitive conv_depthwise_hwc = depthwise_in<kHwc>("conv_depthwise_hwc");

}  // namespace snug
