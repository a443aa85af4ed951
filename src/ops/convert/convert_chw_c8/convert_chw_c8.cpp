// Planar → blocks of 8 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_chw_c8;
const Primitive convert_chw_c8 = convert_between<kChw, kC8>("convert_chw_c8");

}  // namespace snug
