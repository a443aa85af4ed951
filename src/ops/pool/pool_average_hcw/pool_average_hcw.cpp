// Average pooling, both kinds, rows of planes: columns first, then along the row.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_average_hcw;
const Primitive pool_average_hcw = pool_in<kHcw, SNUG_AVERAGE>("pool_average_hcw");

}  // namespace snug
