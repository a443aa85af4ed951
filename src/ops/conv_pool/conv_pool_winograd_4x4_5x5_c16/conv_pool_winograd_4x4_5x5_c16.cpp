#include "ops/conv_pool/winograd_pool.h"

namespace snug {

extern const Primitive conv_winograd_4x4_5x5_c16;

extern const Primitive conv_pool_winograd_4x4_5x5_c16;
const Primitive conv_pool_winograd_4x4_5x5_c16 =
    winograd_pool<conv_winograd_4x4_5x5_c16, 4, 5>("conv_pool_winograd_4x4_5x5_c16");

}  // namespace snug
