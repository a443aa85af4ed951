// One input of a concatenation copied into its channels of the output, blocks of 8 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive concat_c8;
const Primitive concat_c8 = concat_in<kC8>("concat_c8");

}  // namespace snug
