// Max pooling, rows of planes: columns first, then along the row.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive pool_max_hcw;
const Primitive pool_max_hcw = pool_in<kHcw, SNUG_MAX>("pool_max_hcw");

}  // namespace snug
