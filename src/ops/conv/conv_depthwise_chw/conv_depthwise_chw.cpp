// Depthwise convolution, planar.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_depthwise_chw;
const Primitive conv_depthwise_chw = depthwise_planar_in<kChw>("conv_depthwise_chw");

}  // namespace snug
