// Sum or product of two maps with broadcasting, then an activation, interleaved.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive binary_hwc;
const Primitive binary_hwc = binary_in<kHwc>("binary_hwc");

}  // namespace snug
