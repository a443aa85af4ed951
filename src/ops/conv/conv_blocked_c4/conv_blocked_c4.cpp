// Direct convolution on blocks of 4 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_blocked_c4;
const Primitive conv_blocked_c4 = conv_beside_pointwise<kC4>("conv_blocked_c4");

}  // namespace snug
