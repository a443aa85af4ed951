// Implicit matrix product on planar maps, stored as blocks of 8 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_implicit_chw_c8;
const Primitive conv_implicit_chw_c8 = conv_between<kChw, kC8>("conv_implicit_chw_c8");

}  // namespace snug
