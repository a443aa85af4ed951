#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_3x3_5x5_chw;
const Primitive conv_winograd_3x3_5x5_chw =
    Winograd<3, 3, 5, WinogradMaps::kPlanar>::primitive("conv_winograd_3x3_5x5_chw");

}  // namespace snug
