// 1x1 convolution on blocks of 4 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_pointwise_c4;
const Primitive conv_pointwise_c4 = pointwise_in<kC4>("conv_pointwise_c4");

}  // namespace snug
