#include "ops/conv/polyphase_packing.h"

namespace snug {

extern const Primitive conv_polyphase_3x3_3x3_c16;
const Primitive conv_polyphase_3x3_3x3_c16 = polyphase<3>("conv_polyphase_3x3_3x3_c16");

}  // namespace snug
