// Direct convolution on blocks of 16 channels, stored as interleaved.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_blocked_c16_hwc;
const Primitive conv_blocked_c16_hwc = conv_between<kC16, kHwc>("conv_blocked_c16_hwc");

}  // namespace snug
