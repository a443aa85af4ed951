// Descriptors of map primitives that are alike but for the layouts of their maps.
#pragma once

#include "ops/primitive.h"

namespace snug {

/// The TASO paper's library has no blocks of channels.
constexpr bool is_classic(const Layout& layout) {
  return layout.block <= 1;
}

/// What reads every value once, computes a little and writes it once.
template <const Layout& layout>
Work elementwise_work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()),
          .bytes_moved = map_bytes(layer, layout, layout)};
}

template <const Layout& layout>
constexpr Primitive activation_in(std::string_view name) {
  return {.name = name,
          .family = "activation",
          .input = layout,
          .output = layout,
          .source = "elementwise",
          .classic = is_classic(layout),
          .in_place = true,
          .work = elementwise_work<layout>};
}

/// A binary operator, whose second operand may be constant: packed in the output's layout, zeros in padding channels.
template <const Layout& layout>
struct BinaryIn {
  static MapShape operand(const snug_layer& layer) {
    return {layer.other_channels, layer.other_height, layer.other_width};
  }
  static int64_t pack_bytes(const snug_layer& layer) { return stored_floats(layout, operand(layer)) * int64_t{4}; }
  static std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> values) {
    const MapShape shape = operand(layer);
    const Strides strides = dense_strides(layout, shape);
    std::vector<float> packed(static_cast<size_t>(stored_floats(layout, shape)));
    size_t next = 0;
    for (int64_t c = 0; c < shape.channels; ++c)
      for (int64_t y = 0; y < shape.height; ++y)
        for (int64_t x = 0; x < shape.width; ++x)
          packed[static_cast<size_t>(offset(layout, strides, c, y, x))] = values[next++];
    return to_bytes(packed);
  }
  static Work work(const snug_layer& layer) {
    Work work = elementwise_work<layout>(layer);
    work.bytes_moved += static_cast<double>(pack_bytes(layer));
    return work;
  }
};

template <const Layout& layout>
constexpr Primitive binary_in(std::string_view name) {
  return {.name = name,
          .family = "binary",
          .input = layout,
          .output = layout,
          .source = "elementwise",
          .classic = is_classic(layout),
          .in_place = true,
          .pack = BinaryIn<layout>::pack,
          .pack_bytes = BinaryIn<layout>::pack_bytes,
          .work = BinaryIn<layout>::work};
}

template <const Layout& layout>
constexpr Primitive concat_in(std::string_view name) {
  return {
      .name = name,
      .family = "concat",
      .input = layout,
      .output = layout,
      .source = "copy",
      .classic = is_classic(layout),
      .work = [](const snug_layer& layer) -> Work {
        return {.bytes_moved = 2.0 * sizeof(float) * static_cast<double>(stored_floats(layout, input_shape(layer)))};
      }};
}

/// Max pooling, or both kinds of average pooling.
template <const Layout& layout, snug_kind kind>
constexpr Primitive pool_in(std::string_view name) {
  return {.name = name,
          .family = "pool",
          .input = layout,
          .output = layout,
          .source = layout.block == 1 ? "textbook; separable windows" : "textbook",
          .classic = is_classic(layout),
          .refusal = [](const snug_layer& layer) -> std::string_view {
            if ((layer.kind == SNUG_MAX) == (kind == SNUG_MAX)) return {};
            return kind == SNUG_MAX ? "average pooling" : "max pooling";
          },
          .work = [](const snug_layer& layer) -> Work {
            Work work = elementwise_work<layout>(layer);
            work.multiply_adds *= static_cast<double>(layer.kernel_height) * layer.kernel_width;
            return work;
          },
          .splitting = {.rows = 1, .channels = 16}};
}

template <const Layout& input, const Layout& output>
constexpr Primitive convert_between(std::string_view name) {
  constexpr bool kPlanes = input.block == 1, kToPlanes = output.block == 1;
  return {.name = name,
          .family = "convert",
          .input = input,
          .output = output,
          .source = kPlanes == kToPlanes ? "copy" : "cache-blocked transposition",
          .classic = is_classic(input) && is_classic(output),
          .work = [](const snug_layer& layer) -> Work { return {.bytes_moved = map_bytes(layer, input, output)}; }};
}

}  // namespace snug
