#include <algorithm>

#include "base/text.h"
#include "ops/conv/packing.h"

namespace snug {

static int64_t middle_channels(const snug_layer& layer) {
  return layer.middle_channels != 0 ? layer.middle_channels : layer.in_channels;
}

/// A 1x1 convolution of so many channels.
static snug_layer pointwise(int64_t in_channels, int64_t out_channels) {
  snug_layer layer = map_layer({.channels = in_channels}, {.channels = out_channels});
  layer.kernel_height = layer.kernel_width = layer.groups = 1;
  return layer;
}

static snug_layer depthwise(const snug_layer& layer) {
  snug_layer result = layer;
  result.in_channels = result.out_channels = result.groups = static_cast<int32_t>(middle_channels(layer));
  return result;
}

static int64_t bias_bytes(const snug_layer& layer) {
  return round_up(middle_channels(layer), 16) * int64_t{sizeof(float)};
}

static int64_t pack_bytes(const snug_layer& layer) {
  const int64_t middle = middle_channels(layer);
  constexpr TapOrder kOrder = TapOrder::kBlockRowColumnChannel;
  const int64_t expansion =
      layer.middle_channels == 0 ? 0 : panel_bytes(pointwise(layer.in_channels, middle), kOrder) + bias_bytes(layer);
  return expansion + depthwise_bytes(depthwise(layer)) + bias_bytes(layer) +
         panel_bytes(pointwise(middle, layer.out_channels), kOrder);
}

/// As the operator gathers them.
static std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
  const int64_t middle = middle_channels(layer);
  std::vector<std::byte> packed;
  const auto take = [&](int64_t count) {
    const std::span<const float> taken = weights.first(static_cast<size_t>(count));
    weights = weights.subspan(static_cast<size_t>(count));
    return taken;
  };
  const auto append = [&](const std::vector<std::byte>& bytes) {
    packed.insert(packed.end(), bytes.begin(), bytes.end());
  };
  const auto append_pointwise = [&](int64_t in, int64_t out) {
    append(pack_panels(pointwise(in, out), take(in * out), TapOrder::kBlockRowColumnChannel));
  };
  const auto append_bias = [&] {
    const std::span<const float> bias = take(middle);
    append(to_bytes({bias.begin(), bias.end()}));
    packed.resize(packed.size() + static_cast<size_t>(bias_bytes(layer) - middle * int64_t{sizeof(float)}));
  };
  if (layer.middle_channels != 0) {
    append_pointwise(layer.in_channels, middle);
    append_bias();
  }
  append(pack_depthwise(depthwise(layer), take(middle * kernel_taps(layer))));
  append_bias();
  append_pointwise(middle, layer.out_channels);
  return packed;
}

static std::vector<int32_t> blocks(const snug_layer& layer) {
  std::vector<int32_t> rows;
  for (const int32_t count : {1, 4, 8}) {
    if (count < layer.out_height) rows.push_back(count);
  }
  rows.push_back(layer.out_height);
  return rows;
}

/// The band of expanded rows, and the depthwise convolution of `block` rows.
static int64_t workspace_bytes(const snug_layer& layer) {
  const int64_t channels = round_up(middle_channels(layer), 16);
  const int64_t reach = int64_t{layer.kernel_height - 1} * layer.dilation_y + 1;
  const int64_t rows = std::min(int64_t{layer.block} * layer.stride_y + reach - 1, int64_t{layer.in_height});
  const int64_t expanded = layer.middle_channels == 0 ? 0 : rows * layer.in_width;
  return channels * (expanded + std::min(layer.block, layer.out_height) * int64_t{layer.out_width}) *
         int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  const double middle = static_cast<double>(middle_channels(layer));
  const double in_pixels = static_cast<double>(layer.in_height) * layer.in_width;
  const double out_pixels = static_cast<double>(layer.out_height) * layer.out_width;
  const double expansion = layer.middle_channels == 0 ? 0 : in_pixels * middle * layer.in_channels;
  // A multiply-add of the depthwise convolution takes about as long as two of the others: it loads more.
  const double products = expansion + 2 * out_pixels * middle * static_cast<double>(kernel_taps(layer)) +
                          out_pixels * middle * layer.out_channels;
  return {
      .multiply_adds = products,
      .bytes_moved = map_bytes(layer, kC16, kC16) + static_cast<double>(pack_bytes(layer) + workspace_bytes(layer))};
}

extern const Primitive conv_separable_c16;
const Primitive conv_separable_c16{
    .name = "conv_separable_c16",
    .family = "separable",
    .input = kC16,
    .output = kC16,
    .source = "Sandler et al., MobileNetV2, 2018, section 5, in bands of rows instead of channels",
    .blocks = blocks,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "4 M (R in_width + min(block, out_height) out_width) for M middle channels rounded up to 16 and the R = "
        "min(block stride_y + (kernel_height - 1) dilation_y, in_height) rows of the expansion, 0 without one",
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
};

}  // namespace snug
