// An activation alone, interleaved.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive activation_hwc;
const Primitive activation_hwc = activation_in<kHwc>("activation_hwc");

}  // namespace snug
