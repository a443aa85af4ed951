// One input of a concatenation copied into its channels of the output, rows of planes.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive concat_hcw;
const Primitive concat_hcw = concat_in<kHcw>("concat_hcw");

}  // namespace snug
