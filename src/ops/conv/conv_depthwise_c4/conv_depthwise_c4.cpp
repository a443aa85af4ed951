// Depthwise convolution, blocks of 4 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_depthwise_c4;
const Primitive conv_depthwise_c4 = depthwise_in<kC4>("conv_depthwise_c4");

}  // namespace snug
