#include "ops/conv/polyphase_packing.h"

namespace snug {

extern const Primitive conv_polyphase_2x2_3x3_c16;
const Primitive conv_polyphase_2x2_3x3_c16 = polyphase<2>("conv_polyphase_2x2_3x3_c16");

}  // namespace snug
