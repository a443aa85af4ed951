// Implicit matrix product on rows of planes.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_implicit_hcw;
const Primitive conv_implicit_hcw = conv_beside_pointwise<kHcw>("conv_implicit_hcw");

}  // namespace snug
