// 1x1 convolution on rows of planes.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_pointwise_hcw;
const Primitive conv_pointwise_hcw = pointwise_in<kHcw>("conv_pointwise_hcw");

}  // namespace snug
