#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_4x4_3x3_chw;
const Primitive conv_winograd_4x4_3x3_chw =
    Winograd<4, 4, 3, WinogradMaps::kPlanar>::primitive("conv_winograd_4x4_3x3_chw");

}  // namespace snug
