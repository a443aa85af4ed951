// Blocks of 16 channels → interleaved.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_c16_hwc;
const Primitive convert_c16_hwc = convert_between<kC16, kHwc>("convert_c16_hwc");

}  // namespace snug
