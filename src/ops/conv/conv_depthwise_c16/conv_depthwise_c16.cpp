// Depthwise convolution, blocks of 16 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_depthwise_c16;
const Primitive conv_depthwise_c16 = depthwise_in<kC16>("conv_depthwise_c16");

}  // namespace snug
