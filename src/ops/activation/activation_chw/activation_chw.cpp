// An activation alone, planar.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()),
          .bytes_moved = map_bytes(layer, kChw, kChw)};
}

}  // namespace

extern const Primitive activation_chw;
const Primitive activation_chw{
    .name = "activation_chw",
    .family = "activation",
    .input = kChw,
    .output = kChw,
    .source = "elementwise",
    .classic = true,
    .in_place = true,
    .work = work,
};

}  // namespace snug
