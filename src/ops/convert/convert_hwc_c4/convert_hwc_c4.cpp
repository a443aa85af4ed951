// Interleaved → blocks of 4 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_hwc_c4;
const Primitive convert_hwc_c4 = convert_between<kHwc, kC4>("convert_hwc_c4");

}  // namespace snug
