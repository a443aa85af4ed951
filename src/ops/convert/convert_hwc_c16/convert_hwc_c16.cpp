// Interleaved → blocks of 16 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_hwc_c16;
const Primitive convert_hwc_c16 = convert_between<kHwc, kC16>("convert_hwc_c16");

}  // namespace snug
