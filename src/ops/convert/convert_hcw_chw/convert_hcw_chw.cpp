// Rows of planes → planar.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_hcw_chw;
const Primitive convert_hcw_chw = convert_between<kHcw, kChw>("convert_hcw_chw");

}  // namespace snug
