// Sum or product of two maps with broadcasting, then an activation, interleaved.
#include "ops/primitive.h"

namespace snug {
namespace {

MapShape operand_shape(const snug_layer& layer) {
  return {layer.other_channels, layer.other_height, layer.other_width};
}

/// The constant operand in the output's layout, zeros in padding channels.
std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> operand) {
  const MapShape shape = operand_shape(layer);
  const Strides strides = dense_strides(kHwc, shape);
  std::vector<float> packed(static_cast<size_t>(stored_floats(kHwc, shape)));
  size_t next = 0;
  for (int64_t c = 0; c < shape.channels; ++c)
    for (int64_t y = 0; y < shape.height; ++y)
      for (int64_t x = 0; x < shape.width; ++x)
        packed[static_cast<size_t>(offset(kHwc, strides, c, y, x))] = operand[next++];
  return to_bytes(packed);
}

int64_t pack_bytes(const snug_layer& layer) {
  return stored_floats(kHwc, operand_shape(layer)) * int64_t{4};
}

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()),
          .bytes_moved = map_bytes(layer, kHwc, kHwc) + static_cast<double>(pack_bytes(layer))};
}

}  // namespace

extern const Primitive binary_hwc;
const Primitive binary_hwc{
    .name = "binary_hwc",
    .family = "binary",
    .input = kHwc,
    .output = kHwc,
    .source = "elementwise",
    .classic = true,
    .in_place = true,
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
};

}  // namespace snug
