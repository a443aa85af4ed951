// Average pooling, both kinds, interleaved: vectors of channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_average_hwc;
const Primitive pool_average_hwc = pool_in<kHwc, SNUG_AVERAGE>("pool_average_hwc");

}  // namespace snug
