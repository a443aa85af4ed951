#include "ops/conv/winograd_rows_packing.h"

namespace snug {

extern const Primitive conv_winograd_2_5_c16;
const Primitive conv_winograd_2_5_c16 = winograd_rows<2, 5>("conv_winograd_2_5_c16", kC16);

}  // namespace snug
