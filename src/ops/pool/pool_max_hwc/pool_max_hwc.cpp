// Max pooling, interleaved: vectors of channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_max_hwc;
const Primitive pool_max_hwc = pool_in<kHwc, SNUG_MAX>("pool_max_hwc");

}  // namespace snug
