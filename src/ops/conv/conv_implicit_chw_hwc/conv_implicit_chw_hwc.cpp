// Implicit matrix product on planar, stored as interleaved.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_implicit_chw_hwc;
const Primitive conv_implicit_chw_hwc = conv_between<kChw, kHwc>("conv_implicit_chw_hwc");

}  // namespace snug
