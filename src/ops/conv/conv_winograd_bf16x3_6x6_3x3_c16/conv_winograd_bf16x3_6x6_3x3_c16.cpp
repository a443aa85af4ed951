#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_bf16x3_6x6_3x3_c16;
const Primitive conv_winograd_bf16x3_6x6_3x3_c16 = WinogradBf16x3<6>::primitive("conv_winograd_bf16x3_6x6_3x3_c16");

}  // namespace snug
