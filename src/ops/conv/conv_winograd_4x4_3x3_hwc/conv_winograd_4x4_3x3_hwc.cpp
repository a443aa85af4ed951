#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_4x4_3x3_hwc;
const Primitive conv_winograd_4x4_3x3_hwc =
    Winograd<4, 4, 3, WinogradMaps::kInterleaved>::primitive("conv_winograd_4x4_3x3_hwc");

}  // namespace snug
