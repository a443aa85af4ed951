#include "ops/conv_pool/winograd_pool.h"

namespace snug {

extern const Primitive conv_winograd_6x6_3x3_c16;

extern const Primitive conv_pool_winograd_6x6_3x3_c16;
const Primitive conv_pool_winograd_6x6_3x3_c16 =
    winograd_pool<conv_winograd_6x6_3x3_c16, 6, 3>("conv_pool_winograd_6x6_3x3_c16");

}  // namespace snug
