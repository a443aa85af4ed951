#include "ops/conv/packing.h"

#include <algorithm>

#include "base/text.h"

namespace snug {

int64_t kernel_taps(const snug_layer& layer) {
  return int64_t{layer.kernel_height} * layer.kernel_width;
}
int64_t channels_per_group(const snug_layer& layer) {
  return layer.in_channels / layer.groups;
}
int64_t outputs_per_group(const snug_layer& layer) {
  return layer.out_channels / layer.groups;
}

static int64_t blocks_of_16(int64_t channels) {
  return (channels + 15) / 16;
}

int64_t output_panels(const snug_layer& layer) {
  return layer.groups * blocks_of_16(outputs_per_group(layer));
}

int64_t panel_taps(const snug_layer& layer, TapOrder order, int64_t block) {
  const int64_t channels = channels_per_group(layer);
  const bool blocked = order == TapOrder::kBlockRowColumnChannel;
  return (blocked ? round_up(channels, block) : channels) * kernel_taps(layer);
}

/// Where a panel holds the tap of this input channel and kernel position.
static int64_t tap_index(const snug_layer& layer, TapOrder order, int64_t block, int64_t channel, int64_t position) {
  const int64_t positions = kernel_taps(layer);
  switch (order) {
    case TapOrder::kChannelRowColumn:
      return channel * positions + position;
    case TapOrder::kRowColumnChannel:
      return position * channels_per_group(layer) + channel;
    case TapOrder::kBlockRowColumnChannel:
      break;
  }
  return (channel / block * positions + position) * block + channel % block;
}

int64_t panel_bytes(const snug_layer& layer, TapOrder order, int64_t block) {
  return output_panels(layer) * panel_taps(layer, order, block) * 16 * int64_t{sizeof(float)};
}

std::vector<std::byte> pack_panels(const snug_layer& layer, std::span<const float> weights, TapOrder order,
                                   int64_t block) {
  const int64_t outputs = outputs_per_group(layer), channels = channels_per_group(layer);
  const int64_t positions = kernel_taps(layer), taps = panel_taps(layer, order, block);
  std::vector<float> packed(panel_bytes(layer, order, block) / sizeof(float));
  for (int64_t o = 0; o < layer.out_channels; ++o) {
    const int64_t panel = o / outputs * blocks_of_16(outputs) + o % outputs / 16;
    float* const lane = packed.data() + panel * taps * 16 + o % outputs % 16;
    for (int64_t i = 0; i < channels; ++i) {
      for (int64_t position = 0; position < positions; ++position) {
        lane[tap_index(layer, order, block, i, position) * 16] = weights[(o * channels + i) * positions + position];
      }
    }
  }
  return to_bytes(packed);
}

std::vector<std::byte> pack_plain(const snug_layer&, std::span<const float> weights) {
  return to_bytes({weights.begin(), weights.end()});
}

int64_t plain_bytes(const snug_layer& layer) {
  return layer.out_channels * channels_per_group(layer) * kernel_taps(layer) * int64_t{sizeof(float)};
}

std::vector<std::byte> pack_channels_last(const snug_layer& layer, std::span<const float> weights) {
  const int64_t channels = channels_per_group(layer), positions = kernel_taps(layer);
  std::vector<float> packed(weights.size());
  for (int64_t o = 0; o < layer.out_channels; ++o) {
    for (int64_t i = 0; i < channels; ++i) {
      for (int64_t position = 0; position < positions; ++position) {
        packed[(o * positions + position) * channels + i] = weights[(o * channels + i) * positions + position];
      }
    }
  }
  return to_bytes(packed);
}

std::vector<std::byte> pack_depthwise(const snug_layer& layer, std::span<const float> weights) {
  const int64_t taps = kernel_taps(layer);
  std::vector<float> packed(depthwise_bytes(layer) / sizeof(float));
  for (int64_t c = 0; c < layer.out_channels; ++c) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      packed[(c / 16 * taps + tap) * 16 + c % 16] = weights[c * taps + tap];
    }
  }
  return to_bytes(packed);
}

int64_t depthwise_bytes(const snug_layer& layer) {
  return blocks_of_16(layer.out_channels) * kernel_taps(layer) * 16 * int64_t{sizeof(float)};
}

Work direct_work(const snug_layer& layer, const Layout& input, const Layout& output, int64_t weight_bytes,
                 int64_t workspace_bytes) {
  return {.multiply_adds = conv_multiply_adds(layer),
          .bytes_moved = map_bytes(layer, input, output) + static_cast<double>(weight_bytes + 2 * workspace_bytes)};
}

std::string_view refuse_unless_depthwise(const snug_layer& layer) {
  if (layer.groups == layer.in_channels && layer.groups == layer.out_channels) return {};
  return "not depthwise: groups, input and output channels differ";
}

std::string_view refuse_unless_planar_depthwise(const snug_layer& layer) {
  if (const std::string_view reason = refuse_unless_depthwise(layer); !reason.empty()) return reason;
  const int64_t rows = int64_t{layer.kernel_height - 1} * layer.dilation_y + 1 + layer.stride_y;
  const int64_t reach = (int64_t{layer.kernel_width - 1} * layer.dilation_x + layer.stride_x) / layer.stride_x;
  constexpr int64_t kStackFloats = 4096;
  return rows * layer.stride_x * (64 + reach) > kStackFloats ? "the kernel covers too many rows" : "";
}

std::string_view refuse_depthwise(const snug_layer& layer) {
  if (layer.groups > 1 && refuse_unless_depthwise(layer).empty()) return "depthwise: a matrix product of one column";
  return {};
}

std::string_view refuse_unless_blocks(const snug_layer& layer, const Layout& input, const Layout& output) {
  if (layer.groups == 1) return {};
  if (const std::string_view refusal = refuse_depthwise(layer); !refusal.empty()) return refusal;
  const bool whole = (input.block < 2 || channels_per_group(layer) % input.block == 0) &&
                     (output.block < 2 || outputs_per_group(layer) % output.block == 0);
  return whole ? "" : "groups of channels that are no whole blocks";
}

int64_t layout_workspace_bytes(const snug_layer& layer) {
  const int64_t pixels = int64_t{layer.out_height} * layer.out_width;
  return std::min(pixels, std::max<int64_t>(layer.out_width, 224)) * 32 * int64_t{sizeof(float)};
}

std::string_view refuse_unless_pointwise(const snug_layer& layer) {
  if (kernel_taps(layer) != 1) return "the kernel is not 1x1";
  if (layer.groups != 1) return "groups";
  const bool outside = (layer.out_height - 1) * layer.stride_y - layer.pad_top >= layer.in_height ||
                       (layer.out_width - 1) * layer.stride_x - layer.pad_left >= layer.in_width;
  if (layer.pad_top != 0 || layer.pad_left != 0 || outside) return "padding";
  return {};
}

std::string_view refuse_unless_fully_connected(const snug_layer& layer) {
  if (layer.groups != 1) return "groups";
  if (layer.out_height != 1 || layer.out_width != 1) return "more than one output pixel";
  if (layer.pad_top != 0 || layer.pad_left != 0) return "padding";
  const bool whole = layer.kernel_height == layer.in_height && layer.kernel_width == layer.in_width;
  const bool dense =
      (layer.dilation_y == 1 || layer.kernel_height == 1) && (layer.dilation_x == 1 || layer.kernel_width == 1);
  if (!whole || !dense) return "the kernel does not cover the input";
  return {};
}

std::string_view refuse_unless_first(const snug_layer& layer) {
  if (layer.groups != 1) return "groups";
  if (layer.in_channels > 8) return "more than 8 input channels";
  return {};
}

std::string_view refuse_unless_sum_of_taps(const snug_layer& layer) {
  if (layer.groups != 1) return "groups";
  if (layer.stride_y != 1 || layer.stride_x != 1) return "stride";
  if (kernel_taps(layer) == 1) return "the kernel is 1x1";
  return {};
}

std::string_view refuse_unless_shared_rows(const snug_layer& layer) {
  if (layer.kernel_height == 1) return "the kernel is one row high";
  return refuse_depthwise(layer);
}

std::vector<int32_t> strip_heights(const snug_layer& layer) {
  std::vector<int32_t> heights;
  for (const int32_t height : {1, 4, 16}) {
    if (height < layer.out_height) heights.push_back(height);
  }
  if (heights.empty()) heights.push_back(layer.out_height);
  return heights;
}

std::vector<int32_t> pixels_at_once(const snug_layer& layer) {
  constexpr int32_t kFew = 56;
  if (layer.out_height * layer.out_width <= kFew) return {0};
  return {0, kFew};
}

}  // namespace snug
