#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_int8x3_4x4_3x3_c16;
const Primitive conv_winograd_int8x3_4x4_3x3_c16 =
    WinogradInt8x3<4, 4, 3>::primitive("conv_winograd_int8x3_4x4_3x3_c16");

}  // namespace snug
