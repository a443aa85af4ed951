#include "ops/conv/winograd_rows_packing.h"

namespace snug {

extern const Primitive conv_winograd_3_5_chw;
const Primitive conv_winograd_3_5_chw = winograd_rows<3, 5>("conv_winograd_3_5_chw", kChw);

}  // namespace snug
