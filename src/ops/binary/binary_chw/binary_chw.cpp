// Sum or product of two maps with broadcasting, then an activation, planar.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive binary_chw;
const Primitive binary_chw = binary_in<kChw>("binary_chw");

}  // namespace snug
