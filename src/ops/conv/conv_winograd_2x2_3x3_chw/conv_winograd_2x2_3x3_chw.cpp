#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_2x2_3x3_chw;
const Primitive conv_winograd_2x2_3x3_chw =
    Winograd<2, 2, 3, WinogradMaps::kPlanar>::primitive("conv_winograd_2x2_3x3_chw");

}  // namespace snug
