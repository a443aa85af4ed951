// An activation alone, blocks of 16 channels.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()),
          .bytes_moved = map_bytes(layer, kC16, kC16)};
}

}  // namespace

extern const Primitive activation_c16;
const Primitive activation_c16{
    .name = "activation_c16",
    .family = "activation",
    .input = kC16,
    .output = kC16,
    .source = "elementwise",
    .in_place = true,
    .work = work,
};

}  // namespace snug
