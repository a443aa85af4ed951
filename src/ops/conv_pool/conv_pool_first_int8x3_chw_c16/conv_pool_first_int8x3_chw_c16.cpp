#include "ops/conv_pool/first_pool.h"

namespace snug {

extern const Primitive conv_first_int8x3_chw_c16;

extern const Primitive conv_pool_first_int8x3_chw_c16;
const Primitive conv_pool_first_int8x3_chw_c16 = first_pool<conv_first_int8x3_chw_c16>(
    "conv_pool_first_int8x3_chw_c16", "int8x3",
    "4 out_channels min(block pool_stride_y + pool_height - 1, middle_height) middle_width, out_channels rounded up to "
    "16, and that of conv_first_int8x3_chw_c16 for block pool_stride_y rows");

}  // namespace snug
