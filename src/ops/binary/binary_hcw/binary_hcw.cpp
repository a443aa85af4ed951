// Sum or product of two maps with broadcasting, then an activation, rows of planes.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive binary_hcw;
const Primitive binary_hcw = binary_in<kHcw>("binary_hcw");

}  // namespace snug
