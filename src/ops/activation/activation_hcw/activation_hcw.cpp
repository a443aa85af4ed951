// An activation alone, rows of planes.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive activation_hcw;
const Primitive activation_hcw = activation_in<kHcw>("activation_hcw");

}  // namespace snug
