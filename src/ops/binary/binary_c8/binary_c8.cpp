// Sum or product of two maps with broadcasting, then an activation, blocks of 8 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive binary_c8;
const Primitive binary_c8 = binary_in<kC8>("binary_c8");

}  // namespace snug
