// Sum or product of two maps with broadcasting, then an activation, blocks of 16 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive binary_c16;
const Primitive binary_c16 = binary_in<kC16>("binary_c16");

}  // namespace snug
