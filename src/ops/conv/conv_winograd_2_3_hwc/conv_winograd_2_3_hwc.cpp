#include "ops/conv/winograd_rows_packing.h"

namespace snug {

extern const Primitive conv_winograd_2_3_hwc;
const Primitive conv_winograd_2_3_hwc = winograd_rows<2, 3>("conv_winograd_2_3_hwc", kHwc);

}  // namespace snug
