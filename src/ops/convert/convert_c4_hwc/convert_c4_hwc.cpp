// Blocks of 4 channels → interleaved.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_c4_hwc;
const Primitive convert_c4_hwc = convert_between<kC4, kHwc>("convert_c4_hwc");

}  // namespace snug
