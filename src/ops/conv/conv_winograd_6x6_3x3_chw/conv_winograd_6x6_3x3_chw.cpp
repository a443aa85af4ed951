#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_6x6_3x3_chw;
const Primitive conv_winograd_6x6_3x3_chw =
    Winograd<6, 6, 3, WinogradMaps::kPlanar>::primitive("conv_winograd_6x6_3x3_chw");

}  // namespace snug
