#include "ops/conv/winograd_rows_packing.h"

namespace snug {

extern const Primitive conv_winograd_3_3_chw;
const Primitive conv_winograd_3_3_chw = winograd_rows<3, 3>("conv_winograd_3_3_chw", kChw);

}  // namespace snug
