// Interleaved → planar.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_hwc_chw;
const Primitive convert_hwc_chw = convert_between<kHwc, kChw>("convert_hwc_chw");

}  // namespace snug
