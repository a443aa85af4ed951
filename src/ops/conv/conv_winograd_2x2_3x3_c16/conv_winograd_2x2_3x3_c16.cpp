#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_2x2_3x3_c16;
const Primitive conv_winograd_2x2_3x3_c16 =
    Winograd<2, 2, 3, WinogradMaps::kBlocks>::primitive("conv_winograd_2x2_3x3_c16");

}  // namespace snug
