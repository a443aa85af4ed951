#include <algorithm>
#include <complex>
#include <numbers>

#include "kernels/fft_plan.h"
#include "ops/conv/packing.h"
#include "ops/conv/paired_panels.h"

namespace snug {

namespace {

using Complex = std::complex<double>;

std::string_view refusal(const snug_layer& layer) {
  if (layer.groups != 1) return "the layer has groups";
  if (layer.stride_y != 1 || layer.stride_x != 1) return "the stride is not 1";
  const int32_t reach_y = (layer.kernel_height - 1) * layer.dilation_y,
                reach_x = (layer.kernel_width - 1) * layer.dilation_x;
  if (std::min(reach_y, reach_x) < 4) return "the kernel reaches over less than 5x5 pixels";
  if (std::min(layer.kernel_height, layer.kernel_width) < 3) return "the kernel has fewer than 3x3 taps";
  return {};
}

snug_layer with_block(snug_layer layer, int32_t block) {
  layer.block = block;
  return layer;
}

int64_t workspace_bytes(const snug_layer& layer) {
  const snug_fft_plan plan = snug_make_fft_plan(&layer);
  const int64_t rows = 4 * plan.pairs;
  const int64_t inputs = plan.points * (rows * round_up(layer.in_channels, 16) + 16);
  const int64_t products = int64_t{2} * plan.points * (2 * rows * 16 + 16);
  const int64_t transform = int64_t{plan.height} * (plan.width + 1) * 32;
  const int64_t scratch = int64_t{2} * 32 * std::max(plan.height, plan.width);
  return (inputs + products + transform + scratch) * int64_t{sizeof(float)};
}

PairedPanels weight_panels(const snug_layer& layer, const snug_fft_plan& plan) {
  return {.out_channels = layer.out_channels,
          .products = 2 * plan.points - plan.own,
          .depth = round_up(layer.in_channels, 16)};
}

int64_t pack_bytes(const snug_layer& layer) {
  const snug_fft_plan plan = snug_make_fft_plan(&layer);
  return (snug_fft_roots(&plan) + weight_panels(layer, plan).floats()) * int64_t{sizeof(float)};
}

/// Whether reading the transformed weights, if they are many, takes longer than the kernel's own products.
bool weights_too_large(const snug_layer& layer, const snug_fft_plan& plan) {
  constexpr int64_t kFewBytes = 8 << 20;
  return int64_t{plan.height} * plan.width > 32 * kernel_taps(layer) && pack_bytes(layer) > kFewBytes;
}

/// Transforms of 8, 12, 16, 24 and 32 points a side, halves of the map, and the whole map; sizes that make the same
/// plan once.
std::vector<int32_t> blocks(const snug_layer& layer) {
  const int32_t reach =
      std::max((layer.kernel_height - 1) * layer.dilation_y, (layer.kernel_width - 1) * layer.dilation_x);
  const int32_t whole = std::max(layer.out_height, layer.out_width);
  std::vector<int32_t> wanted{whole, (whole + 1) / 2};
  for (const int32_t size : {8, 12, 16, 24, 32}) {
    if (size > reach && size - reach < whole) wanted.push_back(size - reach);
  }
  std::sort(wanted.begin(), wanted.end());
  std::vector<int32_t> blocks;
  snug_fft_plan last{};
  for (const int32_t block : wanted) {
    const snug_layer candidate = with_block(layer, block);
    const snug_fft_plan plan = snug_make_fft_plan(&candidate);
    // A tile smaller than the kernel's reach computes more than it keeps many times over.
    if (block < whole && 2 * block < reach) continue;
    if (!blocks.empty() && weights_too_large(candidate, plan)) continue;
    if (!blocks.empty() && plan.tiles_y == last.tiles_y && plan.tiles_x == last.tiles_x) continue;
    blocks.push_back(block);
    last = plan;
  }
  return blocks;
}

/// exp(2 pi i j / n) for every j.
std::vector<Complex> unit_roots(int n) {
  std::vector<Complex> roots;
  for (int j = 0; j < n; ++j) roots.push_back(std::polar(1.0, 2 * std::numbers::pi * j / n));
  return roots;
}

/// The conjugate transforms of kernels, and in which order the kernel reads them.
class KernelTransform {
 public:
  KernelTransform(const snug_layer& layer, const snug_fft_plan& plan)
      : layer_(layer),
        plan_(plan),
        roots_y_(unit_roots(plan.height)),
        roots_x_(unit_roots(plan.width)),
        rows_(static_cast<size_t>(layer.kernel_height) * plan.width) {}

  /// Calls write(product, value) for the real and imaginary part at every point, divided by the number of points.
  template <typename Write>
  void operator()(const float* taps, const Write& write) {
    transform_rows(taps);
    int64_t product = 0;
    for (int y = 0; y <= plan_.height / 2; ++y) {
      for (int x = 0; x < plan_.width; ++x) {
        const int other_y = (plan_.height - y) % plan_.height, other_x = (plan_.width - x) % plan_.width;
        if (other_y < y || (other_y == y && other_x < x)) continue;
        const Complex value = at(y, x);
        write(product++, value.real());
        if (other_y != y || other_x != x) write(product++, value.imag());
      }
    }
  }

 private:
  void transform_rows(const float* taps) {
    for (int ky = 0; ky < layer_.kernel_height; ++ky) {
      for (int x = 0; x < plan_.width; ++x) {
        Complex sum = 0;
        for (int kx = 0; kx < layer_.kernel_width; ++kx) {
          const double tap = taps[ky * layer_.kernel_width + kx];
          sum += tap * roots_x_[static_cast<size_t>(int64_t{x} * kx * layer_.dilation_x % plan_.width)];
        }
        rows_[row_index(ky, x)] = sum;
      }
    }
  }

  [[nodiscard]] size_t row_index(int ky, int x) const { return static_cast<size_t>(int64_t{ky} * plan_.width + x); }

  [[nodiscard]] Complex at(int y, int x) const {
    Complex sum = 0;
    for (int ky = 0; ky < layer_.kernel_height; ++ky) {
      sum +=
          rows_[row_index(ky, x)] * roots_y_[static_cast<size_t>(int64_t{y} * ky * layer_.dilation_y % plan_.height)];
    }
    return sum / (static_cast<double>(plan_.height) * plan_.width);
  }

  const snug_layer& layer_;
  const snug_fft_plan& plan_;
  std::vector<Complex> roots_y_, roots_x_, rows_;
};

/// The roots of unity that the kernel's transforms use, then U of every pair of channels.
std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
  const snug_fft_plan plan = snug_make_fft_plan(&layer);
  const PairedPanels panels = weight_panels(layer, plan);
  std::vector<float> packed;
  for (const int size : {plan.height, plan.width}) {
    for (const Complex& root : unit_roots(size)) {
      packed.push_back(static_cast<float>(root.real()));
      packed.push_back(static_cast<float>(-root.imag()));
    }
  }
  const size_t begin = static_cast<size_t>(snug_fft_roots(&plan));
  packed.resize(begin + static_cast<size_t>(panels.floats()));
  KernelTransform transform(layer, plan);
  for (int64_t k = 0; k < layer.out_channels; ++k) {
    for (int64_t c = 0; c < layer.in_channels; ++c) {
      const int64_t first = (k * layer.in_channels + c) * kernel_taps(layer);
      transform(&weights[static_cast<size_t>(first)], [&](int64_t product, double value) {
        packed[begin + panels.index(k, product, c)] = static_cast<float>(value);
      });
    }
  }
  return to_bytes(packed);
}

Work work(const snug_layer& layer) {
  const snug_fft_plan plan = snug_make_fft_plan(&layer);
  const int32_t pairs = (plan.tiles_y * plan.tiles_x + 1) / 2;
  const double channels = static_cast<double>(round_up(layer.in_channels, 16)),
               out_channels = static_cast<double>(round_up(layer.out_channels, 16));
  const double rows = 4.0 * pairs * plan.points;
  // A transform takes about 5 n log2 n operations for n complex values, on each side.
  const double transforms = rows * (channels + out_channels) * 12;
  return {.multiply_adds = 2 * rows * channels * out_channels + transforms,
          .bytes_moved = map_bytes(layer, kC16, kC16) + static_cast<double>(pack_bytes(layer)) +
                         8 * rows * (channels + 2 * out_channels)};
}

}  // namespace

extern const Primitive conv_fft_c16;
const Primitive conv_fft_c16{
    .name = "conv_fft_c16",
    .family = "fft",
    .input = kC16,
    .output = kC16,
    .source =
        "Mathieu, Henaff, LeCun, Fast Training of Convolutional Networks through FFTs, arXiv 1312.5851; tiles: "
        "Zlateski et al., FFT Convolutions are Faster than Winograd on Modern CPUs, arXiv 1809.07851",
    .in_place = true,
    .refusal = refusal,
    .blocks = blocks,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "N (4 P C + 256 P + 48) + 32 H (W + 1) + 64 max(H, W) floats for P pairs of tiles at a time, H x W "
        "transforms of N = about H W / 2 points, C rounded up to 16",
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
};

}  // namespace snug
