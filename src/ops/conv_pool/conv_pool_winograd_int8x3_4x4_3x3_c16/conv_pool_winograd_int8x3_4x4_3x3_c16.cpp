#include "ops/conv_pool/winograd_pool.h"

namespace snug {

extern const Primitive conv_winograd_int8x3_4x4_3x3_c16;

extern const Primitive conv_pool_winograd_int8x3_4x4_3x3_c16;
const Primitive conv_pool_winograd_int8x3_4x4_3x3_c16 =
    winograd_pool<conv_winograd_int8x3_4x4_3x3_c16, 4, 3>("conv_pool_winograd_int8x3_4x4_3x3_c16", "winograd int8x3");

}  // namespace snug
