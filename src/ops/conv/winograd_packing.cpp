#include "ops/conv/winograd_packing.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "kernels/winograd_int8x3_plan.h"
#include "ops/conv/packing.h"
#include "ops/conv/packing_int8x3.h"

namespace snug {

namespace {

constexpr int kMostPoints = SNUG_WINOGRAD_MOST_POINTS, kMostTaps = 5;
constexpr int kInfinity = 3;
constexpr std::array<double, kMostPoints> kPoints{0, 1, -1, 0, 2, -2, 0.5, -0.5};  // that of infinity is not used

/// With eight points the error grows with the root of the channels, to 5e-5 of the largest output somewhere above 2000.
constexpr int32_t kMostChannelsOfEightPoints = 1536;

/// The largest tile that the next smaller primitive has.
int32_t next_smaller(int32_t extent) {
  return extent == 6 ? 4 : extent - 1;
}

/// G of one dimension, a row per point: see winograd_transform.h.
using WeightTransform = std::array<std::array<double, kMostTaps>, kMostPoints>;
WeightTransform weight_transform(int32_t points, int32_t taps) {
  WeightTransform g{};
  for (int32_t i = 0; i < points; ++i) {
    if (i == kInfinity) {
      g[i][taps - 1] = 1;
      continue;
    }
    double product = 1;
    for (int32_t l = 0; l < points; ++l) {
      if (l != i && l != kInfinity) product *= kPoints[i] - kPoints[l];
    }
    double power = 1 / product;
    for (int32_t k = 0; k < taps; ++k, power *= kPoints[i]) g[i][k] = power;
  }
  return g;
}

snug_winograd_plan plan_of(const snug_layer& layer, const WinogradTile& tile, bool staged = false) {
  return snug_winograd_plan_of(&layer, tile.height, tile.width, staged ? 1 : 0);
}

/// Points of all tiles together.
double all_points(const snug_winograd_plan& plan) {
  const auto along = [](const snug_winograd_axis& axis) { return (axis.tiles - 1.0) * axis.points + axis.last_points; };
  return along(plan.y) * along(plan.x);
}

/// `count` things in as few equal shares of at most about `most`: the size of a share.
int32_t even_share(int32_t count, int32_t most) {
  const int32_t shares = std::max(1, (count + most / 2) / most);
  return (count + shares - 1) / shares;
}

/// Floats of a panel of 16 output channels.
int64_t panel_floats(const snug_winograd_plan& plan) {
  return int64_t{plan.y.points} * plan.x.points * plan.groups * 256;
}

}  // namespace

std::string_view refuse_unless_winograd(const snug_layer& layer, const WinogradTile& tile) {
  if (layer.kernel_height != tile.kernel || layer.kernel_width != tile.kernel) return "another kernel size";
  if (layer.stride_y != 1 || layer.stride_x != 1) return "the stride is not 1";
  if (layer.dilation_y != 1 || layer.dilation_x != 1) return "the kernel is dilated";
  if (layer.groups != 1) return "the layer has groups";
  const bool eight_points = std::max(tile.height, tile.width) + tile.kernel - 1 == kMostPoints;
  if (eight_points && layer.in_channels > kMostChannelsOfEightPoints) return "so long a sum would round too much";
  const snug_winograd_plan plan = plan_of(layer, tile);
  const bool small_y = tile.height == 2 || plan.y.size <= next_smaller(tile.height);
  const bool small_x = tile.width == 2 || plan.x.size <= next_smaller(tile.width);
  if (small_y && small_x && (tile.height > 2 || tile.width > 2)) return "the map needs no tile of this size";
  return {};
}

std::vector<int32_t> winograd_blocks(const snug_layer& layer, const WinogradTile& tile,
                                     std::initializer_list<int32_t> tiles) {
  const snug_winograd_plan plan = plan_of(layer, tile);
  std::vector<int32_t> blocks;
  for (const int32_t wanted : tiles) {
    const bool part = wanted < plan.x.tiles;
    const int32_t rows = even_share(plan.y.tiles, std::max(1, wanted / plan.x.tiles));
    const int32_t block = part ? even_share(plan.x.tiles, wanted) : rows * plan.x.tiles;
    if (blocks.empty() || block > blocks.back()) blocks.push_back(block);
  }
  return blocks;
}

int64_t winograd_workspace_bytes(const snug_layer& layer, const WinogradTile& tile, WinogradMaps maps) {
  const bool staged = snug_winograd_stages(&layer, maps == WinogradMaps::kPlanar, maps == WinogradMaps::kBlocks) != 0;
  const snug_winograd_plan plan = plan_of(layer, tile, staged);
  return (plan.in_floats + plan.out_floats + plan.stage_floats) * int64_t{sizeof(float)};
}

std::vector<std::byte> winograd_pack(const snug_layer& layer, std::span<const float> weights,
                                     const WinogradTile& tile) {
  const snug_winograd_plan plan = plan_of(layer, tile);
  const int32_t taps = tile.kernel;
  const WeightTransform down = weight_transform(plan.y.points, taps), along = weight_transform(plan.x.points, taps);
  const int64_t channels = int64_t{plan.groups} * 16, panels = output_panels(layer);
  std::vector<float> packed(static_cast<size_t>(winograd_pack_bytes(layer, tile)) / sizeof(float));
  for (int64_t k = 0; k < layer.out_channels; ++k) {
    const int64_t panel = k / 16, first = panel / SNUG_WINOGRAD_PANELS * SNUG_WINOGRAD_PANELS;
    const int64_t step = std::min<int64_t>(SNUG_WINOGRAD_PANELS, panels - first) * channels * 16;
    for (int64_t c = 0; c < layer.in_channels; ++c) {
      const float* g = &weights[static_cast<size_t>((k * layer.in_channels + c) * taps * taps)];
      float* to =
          &packed[static_cast<size_t>(first * panel_floats(plan) + ((panel - first) * channels + c) * 16 + k % 16)];
      for (int32_t i = 0; i < plan.y.points; ++i) {
        std::array<double, kMostTaps> row{};
        for (int32_t y = 0; y < taps; ++y) {
          for (int32_t x = 0; x < taps; ++x) row[x] += down[i][y] * g[y * taps + x];
        }
        for (int32_t j = 0; j < plan.x.points; ++j, to += step) {
          double sum = 0;
          for (int32_t x = 0; x < taps; ++x) sum += along[j][x] * row[x];
          *to = static_cast<float>(sum);
        }
      }
    }
  }
  return to_bytes(packed);
}

int64_t winograd_pack_bytes(const snug_layer& layer, const WinogradTile& tile) {
  return output_panels(layer) * panel_floats(plan_of(layer, tile)) * int64_t{sizeof(float)};
}

std::string_view refuse_unless_winograd_int8x3(const snug_layer& layer, const WinogradTile& tile) {
  if (layer.in_channels > SNUG_INT8X3_MOST_STEPS * SNUG_INT8X3_DEPTH) return "more than 682 times 64 channels";
  return refuse_unless_winograd(layer, tile);
}

int64_t winograd_int8x3_workspace_bytes(const snug_layer& layer, const WinogradTile& tile) {
  const snug_winograd_plan plan = plan_of(layer, tile);
  const snug_winograd_int8x3_plan digits = snug_winograd_int8x3_plan_of(&plan);
  return (digits.floats + plan.out_floats + digits.in_floats) * int64_t{sizeof(float)};
}

std::vector<std::byte> winograd_int8x3_pack(const snug_layer& layer, std::span<const float> weights,
                                            const WinogradTile& tile) {
  const std::vector<float> floats = to_floats(winograd_pack(layer, weights, tile));
  const snug_winograd_plan plan = plan_of(layer, tile);
  const int64_t steps = snug_winograd_int8x3_plan_of(&plan).steps, channels = int64_t{plan.groups} * 16;
  const int64_t products = std::ssize(floats) / (channels * 16);  // points and panels
  std::vector<float> panels(products * steps * SNUG_INT8X3_DEPTH * 16);
  for (int64_t product = 0; product < products; ++product) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      std::copy_n(&floats[(product * channels + channel) * 16], 16,
                  &panels[(product * steps * SNUG_INT8X3_DEPTH + int8x3_place(channel)) * 16]);
    }
  }
  return pack_int8x3_panels(panels, steps);
}

int64_t winograd_int8x3_pack_bytes(const snug_layer& layer, const WinogradTile& tile) {
  const snug_winograd_plan plan = plan_of(layer, tile);
  return output_panels(layer) * plan.y.points * plan.x.points * snug_winograd_int8x3_plan_of(&plan).panel_bytes;
}

Work winograd_work(const snug_layer& layer, const WinogradTile& tile) {
  const snug_winograd_plan plan = plan_of(layer, tile);
  const double points = all_points(plan);
  const double channels = plan.groups * 16.0, out_channels = static_cast<double>(output_panels(layer)) * 16;
  // The transforms of one point take about as many additions as its tile has rows, on each side.
  const double transforms = points * (channels + out_channels) * plan.x.points;
  return {.multiply_adds = points * channels * out_channels + transforms,
          .bytes_moved = map_bytes(layer, kC16, kC16) + static_cast<double>(winograd_pack_bytes(layer, tile)) +
                         8 * points * (channels + out_channels)};
}

}  // namespace snug
