#include "ops/conv/winograd_packing.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace snug {

namespace {

template <int m>
constexpr int kSide = m + 2;
template <int m>
constexpr int kPoints = kSide<m> * kSide<m>;

/// G of F(m, 3) at the points 0, 1, -1 (, 2, -2 (, 1/2, -1/2)), infinity: a row per point.
template <int m>
std::array<std::array<double, 3>, kSide<m>> weight_transform() {
  if constexpr (m == 2) {
    return {{{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}}};
  } else if constexpr (m == 4) {
    return {{{1.0 / 4, 0, 0},
             {-1.0 / 6, -1.0 / 6, -1.0 / 6},
             {-1.0 / 6, 1.0 / 6, -1.0 / 6},
             {1.0 / 24, 1.0 / 12, 1.0 / 6},
             {1.0 / 24, -1.0 / 12, 1.0 / 6},
             {0, 0, 1}}};
  } else {
    return {{{1, 0, 0},
             {-2.0 / 9, -2.0 / 9, -2.0 / 9},
             {-2.0 / 9, 2.0 / 9, -2.0 / 9},
             {1.0 / 90, 1.0 / 45, 2.0 / 45},
             {1.0 / 90, -1.0 / 45, 2.0 / 45},
             {32.0 / 45, 16.0 / 45, 8.0 / 45},
             {32.0 / 45, -16.0 / 45, 8.0 / 45},
             {0, 0, 1}}};
  }
}

int64_t tiles(const snug_layer& layer, int m) {
  return int64_t{(layer.out_height + m - 1) / m} * ((layer.out_width + m - 1) / m);
}

int64_t input_channels(const snug_layer& layer) {
  return round_up(layer.in_channels, 16);
}
int64_t output_channels(const snug_layer& layer) {
  return round_up(layer.out_channels, 16);
}

}  // namespace

std::string_view refuse_unless_winograd(const snug_layer& layer) {
  if (layer.kernel_height != 3 || layer.kernel_width != 3) return "the kernel is not 3x3";
  if (layer.stride_y != 1 || layer.stride_x != 1) return "the stride is not 1";
  if (layer.dilation_y != 1 || layer.dilation_x != 1) return "the kernel is dilated";
  if (layer.groups != 1) return "the layer has groups";
  return {};
}

template <int m>
std::vector<int32_t> winograd_blocks(const snug_layer& layer) {
  const int64_t all = tiles(layer, m);
  std::vector<int32_t> blocks;
  for (const int32_t block : {6, 12, 24, 48, 96}) {
    if (block < all) blocks.push_back(block);
  }
  if (all <= 196) blocks.push_back(static_cast<int32_t>(all));
  return blocks;
}

template <int m>
int64_t winograd_workspace_bytes(const snug_layer& layer) {
  const int64_t block = std::min<int64_t>(layer.block, tiles(layer, m));
  return kPoints<m> * (block * (input_channels(layer) + 16) + 32) * int64_t{sizeof(float)};
}

template <int m>
std::vector<std::byte> winograd_pack(const snug_layer& layer, std::span<const float> weights) {
  static const auto g = weight_transform<m>();
  const int64_t channels = input_channels(layer);
  std::vector<float> packed(static_cast<size_t>(winograd_pack_bytes<m>(layer)) / sizeof(float));
  for (int64_t k = 0; k < layer.out_channels; ++k) {
    for (int64_t c = 0; c < layer.in_channels; ++c) {
      const float* taps = &weights[static_cast<size_t>((k * layer.in_channels + c) * 9)];
      double columns[kSide<m>][3];
      for (int y = 0; y < kSide<m>; ++y) {
        for (int x = 0; x < 3; ++x) columns[y][x] = g[y][0] * taps[x] + g[y][1] * taps[3 + x] + g[y][2] * taps[6 + x];
      }
      float* to = &packed[static_cast<size_t>((k / 16 * kPoints<m> * channels + c) * 16 + k % 16)];
      for (int point = 0; point < kPoints<m>; ++point) {
        const double* row = columns[point / kSide<m>];
        const auto& factors = g[point % kSide<m>];
        to[point * channels * 16] = static_cast<float>(row[0] * factors[0] + row[1] * factors[1] + row[2] * factors[2]);
      }
    }
  }
  return to_bytes(packed);
}

template <int m>
int64_t winograd_pack_bytes(const snug_layer& layer) {
  return output_channels(layer) * kPoints<m> * input_channels(layer) * int64_t{sizeof(float)};
}

template <int m>
Work winograd_work(const snug_layer& layer) {
  const double points = static_cast<double>(tiles(layer, m)) * kPoints<m>;
  const double channels = static_cast<double>(input_channels(layer)),
               out_channels = static_cast<double>(output_channels(layer));
  // The transforms of one point take about as many additions as its tile has rows, on each side.
  const double transforms = points * (channels + out_channels) * kSide<m>;
  return {.multiply_adds = points * channels * out_channels + transforms,
          .bytes_moved = map_bytes(layer, kC16, kC16) + static_cast<double>(winograd_pack_bytes<m>(layer)) +
                         8 * points * (channels + out_channels)};
}

template std::vector<int32_t> winograd_blocks<2>(const snug_layer&);
template std::vector<int32_t> winograd_blocks<4>(const snug_layer&);
template std::vector<int32_t> winograd_blocks<6>(const snug_layer&);
template int64_t winograd_workspace_bytes<2>(const snug_layer&);
template int64_t winograd_workspace_bytes<4>(const snug_layer&);
template int64_t winograd_workspace_bytes<6>(const snug_layer&);
template std::vector<std::byte> winograd_pack<2>(const snug_layer&, std::span<const float>);
template std::vector<std::byte> winograd_pack<4>(const snug_layer&, std::span<const float>);
template std::vector<std::byte> winograd_pack<6>(const snug_layer&, std::span<const float>);
template int64_t winograd_pack_bytes<2>(const snug_layer&);
template int64_t winograd_pack_bytes<4>(const snug_layer&);
template int64_t winograd_pack_bytes<6>(const snug_layer&);
template Work winograd_work<2>(const snug_layer&);
template Work winograd_work<4>(const snug_layer&);
template Work winograd_work<6>(const snug_layer&);

}  // namespace snug
