// Sum or product of two maps with broadcasting, then an activation, planar.
#include "ops/primitive.h"

namespace snug {
namespace {

std::vector<std::byte> pack(const snug_layer&, std::span<const float> operand) {
  return to_bytes({operand.begin(), operand.end()});
}

int64_t pack_bytes(const snug_layer& layer) {
  return int64_t{4} * layer.other_channels * layer.other_height * layer.other_width;
}

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()),
          .bytes_moved = map_bytes(layer, kChw, kChw) + static_cast<double>(pack_bytes(layer))};
}

}  // namespace

extern const Primitive binary_chw;
const Primitive binary_chw{
    .name = "binary_chw",
    .family = "binary",
    .input = kChw,
    .output = kChw,
    .source = "elementwise",
    .classic = true,
    .in_place = true,
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
};

}  // namespace snug
