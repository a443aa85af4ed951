#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_3x3_3x3_chw;
const Primitive conv_winograd_3x3_3x3_chw =
    Winograd<3, 3, 3, WinogradMaps::kPlanar>::primitive("conv_winograd_3x3_3x3_chw");

}  // namespace snug
