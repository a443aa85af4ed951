#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_6x6_3x3_c16;
const Primitive conv_winograd_6x6_3x3_c16 =
    Winograd<6, 6, 3, WinogradMaps::kBlocks>::primitive("conv_winograd_6x6_3x3_c16");

}  // namespace snug
