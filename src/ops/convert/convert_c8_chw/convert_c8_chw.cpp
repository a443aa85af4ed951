// Blocks of 8 channels → planar.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_c8_chw;
const Primitive convert_c8_chw = convert_between<kC8, kChw>("convert_c8_chw");

}  // namespace snug
