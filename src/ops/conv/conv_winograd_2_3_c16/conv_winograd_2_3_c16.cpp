#include "ops/conv/winograd_rows_packing.h"

namespace snug {

extern const Primitive conv_winograd_2_3_c16;
const Primitive conv_winograd_2_3_c16 = winograd_rows<2, 3>("conv_winograd_2_3_c16", kC16);

}  // namespace snug
