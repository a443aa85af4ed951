// An activation alone, planar.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive activation_chw;
const Primitive activation_chw = activation_in<kChw>("activation_chw");

}  // namespace snug
