#include "ops/conv/packing_24bit.h"

namespace snug {

extern const Primitive conv_fully_connected_24bit_hwc;
const Primitive conv_fully_connected_24bit_hwc =
    Packed24Bit<TapOrder::kRowColumnChannel>::primitive("conv_fully_connected_24bit_hwc");

}  // namespace snug
