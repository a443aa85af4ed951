// Average pooling, both kinds, blocks of 4 channels: vectors of channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_average_c4;
const Primitive pool_average_c4 = pool_in<kC4, SNUG_AVERAGE>("pool_average_c4");

}  // namespace snug
