// Planar → rows of planes.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_chw_hcw;
const Primitive convert_chw_hcw = convert_between<kChw, kHcw>("convert_chw_hcw");

}  // namespace snug
