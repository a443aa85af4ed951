// Direct convolution on blocks of 8 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_blocked_c8;
const Primitive conv_blocked_c8 = conv_beside_pointwise<kC8>("conv_blocked_c8");

}  // namespace snug
