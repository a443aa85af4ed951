#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_bf16x3_3x3_3x3_c16;
const Primitive conv_winograd_bf16x3_3x3_3x3_c16 = WinogradBf16x3<3>::primitive("conv_winograd_bf16x3_3x3_3x3_c16");

}  // namespace snug
