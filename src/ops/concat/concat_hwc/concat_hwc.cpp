// One input of a concatenation copied into its channels of the output, interleaved.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive concat_hwc;
const Primitive concat_hwc = concat_in<kHwc>("concat_hwc");

}  // namespace snug
