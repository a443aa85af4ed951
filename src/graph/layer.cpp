#include "graph/layer.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <string>
#include <system_error>

#include "base/error.h"
#include "kernels/layer_fields.h"

namespace snug {

#define COUNT_FIELD(field, key) +1  // NOLINT(bugprone-macro-parentheses): a sum
constexpr size_t kTextFields = 0 SNUG_LAYER_FIELDS(COUNT_FIELD, COUNT_FIELD);
#undef COUNT_FIELD
constexpr size_t kStrides = 9, kSiblings = 2 * SNUG_MORE_SIBLINGS;
static_assert(sizeof(snug_layer) == (kTextFields + kStrides + kSiblings) * sizeof(int32_t),
              "layer_fields.h lists every field of snug_layer but the strides and the places of siblings");

std::string layer_text(const snug_layer& layer) {
  std::string text;
#define APPEND_FIELD(field, key) \
  if (layer.field != 0) text += fmt::format(#key "{}", layer.field);
  SNUG_LAYER_FIELDS(APPEND_FIELD, APPEND_FIELD)
#undef APPEND_FIELD
  return text;
}

/// Reads a number off the front of `text`.
template <typename Number>
static Number take_number(std::string_view& text, std::string_view key) {
  Number number{};
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{}) {
    throw UserError(fmt::format("layer text: \"{}\" needs a number after it, not \"{}\"", key, text));
  }
  text.remove_prefix(static_cast<size_t>(rest - text.data()));
  return number;
}

snug_layer parse_layer(std::string_view text) {
  snug_layer layer{};
  const std::string_view whole = text;
  while (!text.empty()) {
    size_t letters = 0;
    while (letters < text.size() && text[letters] >= 'a' && text[letters] <= 'z') ++letters;
    const std::string_view key = text.substr(0, letters);
    text.remove_prefix(letters);
    bool known = false;
#define PARSE_FIELD(field, field_key)                            \
  if (!known && key == #field_key) {                             \
    layer.field = take_number<decltype(layer.field)>(text, key); \
    known = true;                                                \
  }
    SNUG_LAYER_FIELDS(PARSE_FIELD, PARSE_FIELD)
#undef PARSE_FIELD
    if (!known) {
      throw UserError(fmt::format("layer text \"{}\": \"{}\" is not a field; write such as ic16ih28iw28oc32", whole,
                                  key.empty() ? text : key));
    }
  }
  return layer;
}

MapShape input_shape(const snug_layer& layer) {
  return {layer.in_channels, layer.in_height, layer.in_width};
}

MapShape output_shape(const snug_layer& layer) {
  return {layer.out_channels, layer.out_height, layer.out_width};
}

static int32_t narrowed(int64_t value) {
  CHECK(value >= 0 && value <= std::numeric_limits<int32_t>::max(), std::to_string(value));
  return static_cast<int32_t>(value);
}

snug_layer map_layer(const MapShape& input, const MapShape& output) {
  snug_layer layer{};
  layer.in_channels = narrowed(input.channels);
  layer.in_height = narrowed(input.height);
  layer.in_width = narrowed(input.width);
  layer.out_channels = narrowed(output.channels);
  layer.out_height = narrowed(output.height);
  layer.out_width = narrowed(output.width);
  return layer;
}

/// A binary operator's second operand is dense in itself and stands still where it is broadcast; a residual is a
/// map like the output.
static void set_other_strides(snug_layer& layer, const Layout& layout) {
  const bool binary = layer.other_channels > 0;
  const MapShape other =
      binary ? MapShape{layer.other_channels, layer.other_height, layer.other_width} : output_shape(layer);
  const Strides strides = dense_strides(layout, other);
  layer.other_plane = narrowed(binary && other.channels == 1 ? 0 : strides.plane);
  layer.other_row = narrowed(binary && other.height == 1 ? 0 : strides.row);
  layer.other_pixel = narrowed(binary && other.width == 1 ? 0 : strides.pixel);
}

snug_layer with_dense_strides(snug_layer layer, const Layout& input, const Layout& output) {
  const Strides in = dense_strides(input, input_shape(layer));
  const Strides out = dense_strides(output, output_shape(layer));
  layer.in_plane = narrowed(in.plane);
  layer.in_row = narrowed(in.row);
  layer.in_pixel = narrowed(in.pixel);
  layer.out_plane = narrowed(out.plane);
  layer.out_row = narrowed(out.row);
  layer.out_pixel = narrowed(out.pixel);
  set_other_strides(layer, output);
  return layer;
}

}  // namespace snug
