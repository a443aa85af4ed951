// Depthwise convolution, rows of planes.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_depthwise_hcw;
const Primitive conv_depthwise_hcw = depthwise_planar_in<kHcw>("conv_depthwise_hcw");

}  // namespace snug
