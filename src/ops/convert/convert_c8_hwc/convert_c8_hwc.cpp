// Blocks of 8 channels → interleaved.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_c8_hwc;
const Primitive convert_c8_hwc = convert_between<kC8, kHwc>("convert_c8_hwc");

}  // namespace snug
