// An activation alone, blocks of 16 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive activation_c16;
const Primitive activation_c16 = activation_in<kC16>("activation_c16");

}  // namespace snug
