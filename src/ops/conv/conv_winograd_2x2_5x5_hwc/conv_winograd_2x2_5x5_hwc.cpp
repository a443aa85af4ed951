#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_2x2_5x5_hwc;
const Primitive conv_winograd_2x2_5x5_hwc =
    Winograd<2, 2, 5, WinogradMaps::kInterleaved>::primitive("conv_winograd_2x2_5x5_hwc");

}  // namespace snug
