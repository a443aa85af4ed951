// Implicit matrix product on planar maps, stored as blocks of 4 channels.
#include "ops/conv/in_layouts.h"

namespace snug {

extern const Primitive conv_implicit_chw_c4;
const Primitive conv_implicit_chw_c4 = conv_between<kChw, kC4>("conv_implicit_chw_c4");

}  // namespace snug
