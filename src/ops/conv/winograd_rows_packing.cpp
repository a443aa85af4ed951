#include "ops/conv/winograd_rows_packing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ops/conv/packing.h"
#include "ops/conv/paired_panels.h"

namespace snug {

namespace {

/// Whether F(m, r) serves the horizontal axis of a layer.
bool serves(const snug_layer& layer, int r) {
  return layer.kernel_width == r && layer.stride_x == 1 && layer.dilation_x == 1;
}

snug_layer exchange_axes(snug_layer layer) {
  std::swap(layer.in_height, layer.in_width);
  std::swap(layer.out_height, layer.out_width);
  std::swap(layer.kernel_height, layer.kernel_width);
  std::swap(layer.stride_y, layer.stride_x);
  std::swap(layer.dilation_y, layer.dilation_x);
  return layer;
}

/// The layer with the transform along its rows.
snug_layer turned(const snug_layer& layer, int r) {
  return serves(layer, r) ? layer : exchange_axes(layer);
}

template <int m, int r>
constexpr int kPoints = m + r - 1;

/// G of F(m, r): a row per point, divided by the value at the point of the polynomial that is zero at all others.
template <int m, int r>
std::array<std::array<double, r>, kPoints<m, r>> weight_transform() {
  constexpr std::array kFinite{0.0, 1.0, -1.0, 2.0, -2.0, 0.5};
  constexpr int kCount = kPoints<m, r> - 1;
  std::array<std::array<double, r>, kPoints<m, r>> g{};
  for (int p = 0; p < kCount; ++p) {
    double divisor = 1;
    for (int q = 0; q < kCount; ++q) {
      if (q != p) divisor *= kFinite[p] - kFinite[q];
    }
    double power = 1 / divisor;
    for (int tap = 0; tap < r; ++tap, power *= kFinite[p]) g[p][tap] = power;
  }
  g[kCount][r - 1] = 1;
  return g;
}

/// What winograd_rows.h calls for F(3, 3) is half of the polynomial's value at 0: a factor saved there.
template <int m, int r>
std::array<std::array<double, r>, kPoints<m, r>> stored_transform() {
  auto g = weight_transform<m, r>();
  if constexpr (m == 2 && r == 3) {
    for (double& value : g[0]) value = -value;
  }
  if constexpr (m == 3 && r == 3) {
    for (double& value : g[0]) value *= 2;
    for (double& value : g[1]) value = -value;
    for (double& value : g[2]) value = -value;
  }
  return g;
}

int64_t tiles(const snug_layer& layer, int m) {
  return (layer.out_width + m - 1) / m;
}

template <int m, int r>
PairedPanels weight_panels(const snug_layer& layer) {
  return {.out_channels = layer.out_channels,
          .products = kPoints<m, r>,
          .depth = turned(layer, r).kernel_height * round_up(layer.in_channels, 16)};
}

}  // namespace

template <int r>
std::string_view refuse_unless_winograd_rows(const snug_layer& layer) {
  if (layer.groups != 1) return "the layer has groups";
  if (layer.kernel_width != r && layer.kernel_height != r) {
    return r == 3 ? "the kernel is neither 3 wide nor 3 high" : "the kernel is neither 5 wide nor 5 high";
  }
  if (!serves(layer, r) && !serves(exchange_axes(layer), r)) return "it is strided or dilated along that side";
  return {};
}

template <int m, int r>
std::vector<int32_t> winograd_rows_blocks(const snug_layer& layer) {
  return strip_heights(turned(layer, r));
}

template <int m, int r>
int64_t winograd_rows_workspace_bytes(const snug_layer& original) {
  const snug_layer layer = turned(original, r);
  const int64_t strip = std::min(layer.block, layer.out_height), row_tiles = tiles(layer, m);
  const int64_t in_rows = (strip - 1) * layer.stride_y + (layer.kernel_height - 1) * layer.dilation_y + 1;
  const int64_t inputs = in_rows * row_tiles * round_up(layer.in_channels, 16) + 16;
  const int64_t sums = strip * row_tiles * 16 + 16, row = (row_tiles * m + r - 1) * 16;
  return (kPoints<m, r> * (inputs + 2 * sums) + 2 * row) * int64_t{sizeof(float)};
}

template <int m, int r>
std::vector<std::byte> winograd_rows_pack(const snug_layer& layer, std::span<const float> weights) {
  static const auto g = stored_transform<m, r>();
  const PairedPanels panels = weight_panels<m, r>(layer);
  const bool along_rows = serves(layer, r);
  const int64_t height = turned(layer, r).kernel_height, channels = round_up(layer.in_channels, 16);
  const int64_t row_step = along_rows ? r : 1, tap_step = along_rows ? 1 : height;
  std::vector<float> packed(static_cast<size_t>(panels.floats()));
  for (int64_t k = 0; k < layer.out_channels; ++k) {
    for (int64_t c = 0; c < layer.in_channels; ++c) {
      for (int64_t y = 0; y < height; ++y) {
        const int64_t first = (k * layer.in_channels + c) * height * r + y * row_step;
        for (int point = 0; point < kPoints<m, r>; ++point) {
          double sum = 0;
          for (int tap = 0; tap < r; ++tap) sum += g[point][tap] * weights[static_cast<size_t>(first + tap * tap_step)];
          packed[panels.index(k, point, y * channels + c)] = static_cast<float>(sum);
        }
      }
    }
  }
  return to_bytes(packed);
}

template <int m, int r>
int64_t winograd_rows_pack_bytes(const snug_layer& layer) {
  return weight_panels<m, r>(layer).floats() * int64_t{sizeof(float)};
}

template <int m, int r>
Work winograd_rows_work(const snug_layer& original) {
  const snug_layer layer = turned(original, r);
  const double channels = static_cast<double>(round_up(layer.in_channels, 16)),
               out_channels = static_cast<double>(round_up(layer.out_channels, 16));
  const double points = static_cast<double>(kPoints<m, r> * tiles(layer, m));
  const double in_points = points * layer.in_height * channels, out_points = points * layer.out_height * out_channels;
  // The transforms take about two operations per point on each side.
  return {.multiply_adds = out_points * layer.kernel_height * channels + 2 * (in_points + out_points),
          .bytes_moved = map_bytes(original, kC16, kC16) +
                         static_cast<double>(winograd_rows_pack_bytes<m, r>(original)) + 8 * (in_points + out_points)};
}

template std::string_view refuse_unless_winograd_rows<3>(const snug_layer&);
template std::string_view refuse_unless_winograd_rows<5>(const snug_layer&);
#define INSTANTIATE(m, r)                                                                              \
  template std::vector<int32_t> winograd_rows_blocks<m, r>(const snug_layer&);                         \
  template int64_t winograd_rows_workspace_bytes<m, r>(const snug_layer&);                             \
  template std::vector<std::byte> winograd_rows_pack<m, r>(const snug_layer&, std::span<const float>); \
  template int64_t winograd_rows_pack_bytes<m, r>(const snug_layer&);                                  \
  template Work winograd_rows_work<m, r>(const snug_layer&);
INSTANTIATE(2, 3)
INSTANTIATE(3, 3)
INSTANTIATE(2, 5)
INSTANTIATE(3, 5)

}  // namespace snug
