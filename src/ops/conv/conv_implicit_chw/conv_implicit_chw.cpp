// Implicit matrix product on planar.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_implicit_chw;
const Primitive conv_implicit_chw = conv_between<kChw, kChw>("conv_implicit_chw");

}  // namespace snug
