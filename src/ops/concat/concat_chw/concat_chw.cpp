// One input of a concatenation copied into its channels of the output, planar.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive concat_chw;
const Primitive concat_chw = concat_in<kChw>("concat_chw");

}  // namespace snug
