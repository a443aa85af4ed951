// Blocks of 16 channels → planar.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_c16_chw;
const Primitive convert_c16_chw = convert_between<kC16, kChw>("convert_c16_chw");

}  // namespace snug
