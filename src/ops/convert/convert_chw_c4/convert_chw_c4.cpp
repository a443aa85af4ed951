// Planar → blocks of 4 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_chw_c4;
const Primitive convert_chw_c4 = convert_between<kChw, kC4>("convert_chw_c4");

}  // namespace snug
