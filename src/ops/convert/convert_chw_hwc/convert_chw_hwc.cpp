// Planar → interleaved.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_chw_hwc;
const Primitive convert_chw_hwc = convert_between<kChw, kHwc>("convert_chw_hwc");

}  // namespace snug
