// Average pooling, both kinds, planar: columns first, then along the row.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_average_chw;
const Primitive pool_average_chw = pool_in<kChw, SNUG_AVERAGE>("pool_average_chw");

}  // namespace snug
