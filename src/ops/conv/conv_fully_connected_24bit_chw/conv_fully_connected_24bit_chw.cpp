#include "ops/conv/packing_24bit.h"

namespace snug {

extern const Primitive conv_fully_connected_24bit_chw;
const Primitive conv_fully_connected_24bit_chw =
    Packed24Bit<TapOrder::kChannelRowColumn>::primitive("conv_fully_connected_24bit_chw");

}  // namespace snug
