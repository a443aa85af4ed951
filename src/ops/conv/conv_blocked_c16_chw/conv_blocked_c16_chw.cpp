// Direct convolution on blocks of 16 channels, stored as planar.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_blocked_c16_chw;
const Primitive conv_blocked_c16_chw = conv_between<kC16, kChw>("conv_blocked_c16_chw");

}  // namespace snug
