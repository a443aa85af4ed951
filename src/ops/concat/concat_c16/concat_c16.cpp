// One input of a concatenation copied into its channels of the output, blocks of 16 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive concat_c16;
const Primitive concat_c16 = concat_in<kC16>("concat_c16");

}  // namespace snug
