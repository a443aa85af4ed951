// 1x1 convolution on blocks of 8 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_pointwise_c8;
const Primitive conv_pointwise_c8 = pointwise_in<kC8>("conv_pointwise_c8");

}  // namespace snug
