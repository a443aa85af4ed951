#include "ops/primitive.h"

#include <cstring>

namespace snug {

const Primitive* find_primitive(std::string_view name, std::span<const ListedPrimitive> library) {
  for (const ListedPrimitive& listed : library) {
    if (listed.primitive->name == name) return listed.primitive;
  }
  return nullptr;
}

std::vector<std::byte> to_bytes(const std::vector<float>& floats) {
  std::vector<std::byte> bytes(floats.size() * sizeof(float));
  if (!bytes.empty()) std::memcpy(bytes.data(), floats.data(), bytes.size());
  return bytes;
}

std::vector<float> to_floats(const std::vector<std::byte>& bytes) {
  std::vector<float> floats(bytes.size() / sizeof(float));
  if (!floats.empty()) std::memcpy(floats.data(), bytes.data(), floats.size() * sizeof(float));
  return floats;
}

double conv_multiply_adds(const snug_layer& layer) {
  const double outputs = static_cast<double>(output_shape(layer).floats());
  const double taps = static_cast<double>(layer.kernel_height) * layer.kernel_width;
  return outputs * taps * (static_cast<double>(layer.in_channels) / layer.groups);
}

double map_bytes(const snug_layer& layer, const Layout& input, const Layout& output) {
  const int64_t floats = stored_floats(input, input_shape(layer)) + stored_floats(output, output_shape(layer));
  return static_cast<double>(floats) * sizeof(float);
}

}  // namespace snug
