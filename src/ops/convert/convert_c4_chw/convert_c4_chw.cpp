// Blocks of 4 channels → planar.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_c4_chw;
const Primitive convert_c4_chw = convert_between<kC4, kChw>("convert_c4_chw");

}  // namespace snug
