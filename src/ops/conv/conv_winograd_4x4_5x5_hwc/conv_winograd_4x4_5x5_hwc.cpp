#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_4x4_5x5_hwc;
const Primitive conv_winograd_4x4_5x5_hwc =
    Winograd<4, 4, 5, WinogradMaps::kInterleaved>::primitive("conv_winograd_4x4_5x5_hwc");

}  // namespace snug
