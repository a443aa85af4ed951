// Depthwise convolution, blocks of 8 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_depthwise_c8;
const Primitive conv_depthwise_c8 = depthwise_in<kC8>("conv_depthwise_c8");

}  // namespace snug
