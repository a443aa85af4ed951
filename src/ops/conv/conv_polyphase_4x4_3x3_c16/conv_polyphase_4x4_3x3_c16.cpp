#include "ops/conv/polyphase_packing.h"

namespace snug {

extern const Primitive conv_polyphase_4x4_3x3_c16;
const Primitive conv_polyphase_4x4_3x3_c16 = polyphase<4>("conv_polyphase_4x4_3x3_c16");

}  // namespace snug
