// Sum or product of two maps with broadcasting, then an activation, blocks of 4 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive binary_c4;
const Primitive binary_c4 = binary_in<kC4>("binary_c4");

}  // namespace snug
