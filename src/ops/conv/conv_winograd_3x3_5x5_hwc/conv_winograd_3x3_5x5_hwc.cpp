#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_3x3_5x5_hwc;
const Primitive conv_winograd_3x3_5x5_hwc =
    Winograd<3, 3, 5, WinogradMaps::kInterleaved>::primitive("conv_winograd_3x3_5x5_hwc");

}  // namespace snug
