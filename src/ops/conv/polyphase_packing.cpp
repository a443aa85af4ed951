#include "ops/conv/polyphase_packing.h"

#include <algorithm>
#include <array>

#include "ops/conv/paired_panels.h"

namespace snug {

namespace {

/// Distinct weights along an axis.
template <int m>
constexpr int kWeights = m + 2;

/// Products along an axis.
template <int m>
constexpr int kSide = 2 * m + 1;

/// G at the first m + 1 of the points 0, infinity, 1, -1, 2, with the factors that polyphase.h expects; then the tap of
/// the odd phase.
template <int m>
std::array<std::array<double, 3>, kWeights<m>> weight_transform() {
  if constexpr (m == 2) {
    return {{{1, 0, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 0}}};
  } else if constexpr (m == 3) {
    return {{{1, 0, 0}, {0, 0, 1}, {0.5, 0, 0.5}, {0.5, 0, -0.5}, {0, 1, 0}}};
  } else {
    return {{{1, 0, 0}, {0, 0, 1}, {0.5, 0, 0.5}, {1.0 / 6, 0, -1.0 / 6}, {1.0 / 6, 0, 1.0 / 3}, {0, 1, 0}}};
  }
}

int64_t tiles(const snug_layer& layer, int m) {
  return int64_t{(layer.out_height + m - 1) / m} * ((layer.out_width + m - 1) / m);
}

/// Products of all tiles; those at the edge have fewer.
double all_products(const snug_layer& layer, int m) {
  const int tiles_y = (layer.out_height + m - 1) / m, tiles_x = (layer.out_width + m - 1) / m;
  return static_cast<double>(2 * layer.out_height + tiles_y) * (2 * layer.out_width + tiles_x);
}

int64_t input_channels(const snug_layer& layer) {
  return round_up(layer.in_channels, 16);
}
int64_t output_channels(const snug_layer& layer) {
  return round_up(layer.out_channels, 16);
}

template <int m>
PairedPanels weight_panels(const snug_layer& layer) {
  return {.out_channels = layer.out_channels, .products = kWeights<m> * kWeights<m>, .depth = input_channels(layer)};
}

}  // namespace

std::string_view refuse_unless_polyphase(const snug_layer& layer) {
  if (layer.kernel_height != 3 || layer.kernel_width != 3) return "the kernel is not 3x3";
  if (layer.stride_y != 2 || layer.stride_x != 2) return "the stride is not 2";
  if (layer.dilation_y != 1 || layer.dilation_x != 1) return "the kernel is dilated";
  if (layer.groups != 1) return "the layer has groups";
  return {};
}

template <int m>
std::vector<int32_t> polyphase_blocks(const snug_layer& layer) {
  const int64_t all = tiles(layer, m);
  std::vector<int32_t> blocks;
  for (const int32_t block : {4, 14, 28, 56}) {
    if (block < all) blocks.push_back(block);
  }
  if (all <= 56) blocks.push_back(static_cast<int32_t>(all));
  return blocks;
}

template <int m>
int64_t polyphase_workspace_bytes(const snug_layer& layer) {
  const int64_t block = std::min<int64_t>(layer.block, tiles(layer, m));
  const int64_t gaps = 3 * 16 * kWeights<m> * kWeights<m>;
  return (kSide<m> * kSide<m> * block * (input_channels(layer) + 32 + 1) + gaps) * int64_t{sizeof(float)};
}

template <int m>
std::vector<std::byte> polyphase_pack(const snug_layer& layer, std::span<const float> weights) {
  static const auto g = weight_transform<m>();
  const PairedPanels panels = weight_panels<m>(layer);
  std::vector<float> packed(static_cast<size_t>(panels.floats()));
  for (int64_t k = 0; k < layer.out_channels; ++k) {
    for (int64_t c = 0; c < layer.in_channels; ++c) {
      const float* taps = &weights[static_cast<size_t>((k * layer.in_channels + c) * 9)];
      for (int point = 0; point < kWeights<m> * kWeights<m>; ++point) {
        const auto &y = g[point / kWeights<m>], &x = g[point % kWeights<m>];
        double sum = 0;
        for (int tap = 0; tap < 9; ++tap) sum += y[tap / 3] * x[tap % 3] * taps[tap];
        packed[panels.index(k, point, c)] = static_cast<float>(sum);
      }
    }
  }
  return to_bytes(packed);
}

template <int m>
int64_t polyphase_pack_bytes(const snug_layer& layer) {
  return weight_panels<m>(layer).floats() * int64_t{sizeof(float)};
}

template <int m>
Work polyphase_work(const snug_layer& layer) {
  const double products = all_products(layer, m);
  const double channels = static_cast<double>(input_channels(layer)),
               out_channels = static_cast<double>(output_channels(layer));
  // The transforms take about four operations per product on each side.
  return {.multiply_adds = products * channels * out_channels + 4 * products * (channels + out_channels),
          .bytes_moved = map_bytes(layer, kC16, kC16) + static_cast<double>(polyphase_pack_bytes<m>(layer)) +
                         8 * products * (channels + out_channels)};
}

#define INSTANTIATE(m)                                                                          \
  template std::vector<int32_t> polyphase_blocks<m>(const snug_layer&);                         \
  template int64_t polyphase_workspace_bytes<m>(const snug_layer&);                             \
  template std::vector<std::byte> polyphase_pack<m>(const snug_layer&, std::span<const float>); \
  template int64_t polyphase_pack_bytes<m>(const snug_layer&);                                  \
  template Work polyphase_work<m>(const snug_layer&);
INSTANTIATE(2)
INSTANTIATE(3)
INSTANTIATE(4)

}  // namespace snug
