#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_4x4_3x3_c16;
const Primitive conv_winograd_4x4_3x3_c16 =
    Winograd<4, 4, 3, WinogradMaps::kBlocks>::primitive("conv_winograd_4x4_3x3_c16");

}  // namespace snug
