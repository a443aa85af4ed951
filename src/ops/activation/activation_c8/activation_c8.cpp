// An activation alone, blocks of 8 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive activation_c8;
const Primitive activation_c8 = activation_in<kC8>("activation_c8");

}  // namespace snug
