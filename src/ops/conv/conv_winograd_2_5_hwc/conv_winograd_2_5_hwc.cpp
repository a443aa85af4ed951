#include "ops/conv/winograd_rows_packing.h"

namespace snug {

extern const Primitive conv_winograd_2_5_hwc;
const Primitive conv_winograd_2_5_hwc = winograd_rows<2, 5>("conv_winograd_2_5_hwc", kHwc);

}  // namespace snug
