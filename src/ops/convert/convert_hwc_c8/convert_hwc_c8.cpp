// Interleaved → blocks of 8 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_hwc_c8;
const Primitive convert_hwc_c8 = convert_between<kHwc, kC8>("convert_hwc_c8");

}  // namespace snug
