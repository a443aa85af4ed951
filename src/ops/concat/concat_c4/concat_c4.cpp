// One input of a concatenation copied into its channels of the output, blocks of 4 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive concat_c4;
const Primitive concat_c4 = concat_in<kC4>("concat_c4");

}  // namespace snug
