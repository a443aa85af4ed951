// Implicit matrix product on interleaved, stored as planar.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_implicit_hwc_chw;
const Primitive conv_implicit_hwc_chw = conv_between<kHwc, kChw>("conv_implicit_hwc_chw");

}  // namespace snug
