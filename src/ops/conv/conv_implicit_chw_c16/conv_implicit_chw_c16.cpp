// Implicit matrix product on planar, stored as blocks of 16 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_implicit_chw_c16;
const Primitive conv_implicit_chw_c16 = conv_between<kChw, kC16>("conv_implicit_chw_c16");

}  // namespace snug
