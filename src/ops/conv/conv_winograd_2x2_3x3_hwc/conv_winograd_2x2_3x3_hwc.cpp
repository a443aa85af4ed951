#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_2x2_3x3_hwc;
const Primitive conv_winograd_2x2_3x3_hwc =
    Winograd<2, 2, 3, WinogradMaps::kInterleaved>::primitive("conv_winograd_2x2_3x3_hwc");

}  // namespace snug
