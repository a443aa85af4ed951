// An activation alone, blocks of 4 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive activation_c4;
const Primitive activation_c4 = activation_in<kC4>("activation_c4");

}  // namespace snug
