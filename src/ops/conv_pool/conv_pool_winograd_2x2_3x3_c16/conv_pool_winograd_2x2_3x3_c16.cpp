#include "ops/conv_pool/winograd_pool.h"

namespace snug {

extern const Primitive conv_winograd_2x2_3x3_c16;

extern const Primitive conv_pool_winograd_2x2_3x3_c16;
const Primitive conv_pool_winograd_2x2_3x3_c16 =
    winograd_pool<conv_winograd_2x2_3x3_c16, 2, 3>("conv_pool_winograd_2x2_3x3_c16");

}  // namespace snug
