#include "ops/conv/packing_24bit.h"

namespace snug {

extern const Primitive conv_fully_connected_24bit_c16;
const Primitive conv_fully_connected_24bit_c16 =
    Packed24Bit<TapOrder::kBlockRowColumnChannel>::primitive("conv_fully_connected_24bit_c16");

}  // namespace snug
