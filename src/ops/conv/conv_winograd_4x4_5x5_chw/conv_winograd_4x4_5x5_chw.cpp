#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_4x4_5x5_chw;
const Primitive conv_winograd_4x4_5x5_chw =
    Winograd<4, 4, 5, WinogradMaps::kPlanar>::primitive("conv_winograd_4x4_5x5_chw");

}  // namespace snug
