// Max pooling, blocks of 16 channels: vectors of channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_max_c16;
const Primitive pool_max_c16 = pool_in<kC16, SNUG_MAX>("pool_max_c16");

}  // namespace snug
