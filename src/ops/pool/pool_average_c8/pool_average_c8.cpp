// Average pooling, both kinds, blocks of 8 channels: vectors of channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_average_c8;
const Primitive pool_average_c8 = pool_in<kC8, SNUG_AVERAGE>("pool_average_c8");

}  // namespace snug
