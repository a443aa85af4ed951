// Planar → blocks of 16 channels.
#include "ops/in_layouts.h"

namespace snug {

extern const Primitive convert_chw_c16;
const Primitive convert_chw_c16 = convert_between<kChw, kC16>("convert_chw_c16");

}  // namespace snug
