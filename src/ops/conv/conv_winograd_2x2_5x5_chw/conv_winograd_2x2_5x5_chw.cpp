#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_2x2_5x5_chw;
const Primitive conv_winograd_2x2_5x5_chw =
    Winograd<2, 2, 5, WinogradMaps::kPlanar>::primitive("conv_winograd_2x2_5x5_chw");

}  // namespace snug
