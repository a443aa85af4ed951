#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_6x6_3x3_hwc;
const Primitive conv_winograd_6x6_3x3_hwc =
    Winograd<6, 6, 3, WinogradMaps::kInterleaved>::primitive("conv_winograd_6x6_3x3_hwc");

}  // namespace snug
