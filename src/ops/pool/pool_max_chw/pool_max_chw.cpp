// Max pooling, planar: columns first, then along the row.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_max_chw;
const Primitive pool_max_chw = pool_in<kChw, SNUG_MAX>("pool_max_chw");

}  // namespace snug
