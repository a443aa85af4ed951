#include <algorithm>
#include <array>

#include "ops/conv/packing.h"

namespace snug {

namespace {

std::string_view refusal(const snug_layer& layer) {
  if (const std::string_view reason = refuse_unless_pointwise(layer); !reason.empty()) return reason;
  if (layer.stride_y != 1 || layer.stride_x != 1) return "the stride is not 1";
  if (layer.in_channels % 32 != 0 || layer.out_channels % 32 != 0) return "half the channels are no whole blocks of 16";
  if (layer.in_channels < 64 || layer.out_channels < 64) return "fewer than 64 channels";
  if (layer.out_height * layer.out_width < 2) return "a single pixel";
  return {};
}

/// Pixels of half of a block.
std::vector<int32_t> blocks(const snug_layer& layer) {
  const int32_t half = (layer.out_height * layer.out_width + 1) / 2;
  std::vector<int32_t> blocks;
  for (const int32_t block : {28, 56, 112}) {
    if (block < half) blocks.push_back(block);
  }
  if (half <= 112) blocks.push_back(half);
  return blocks;
}

int64_t workspace_bytes(const snug_layer& layer) {
  const int64_t half = (int64_t{layer.out_height} * layer.out_width + 1) / 2;
  return std::min<int64_t>(layer.block, half) * (layer.in_channels / 2 + 16) * int64_t{sizeof(float)};
}

/// A quadrant [channels][outputs] of the weights, 0 and 1 for the halves, and its sign.
struct Quadrant {
  int channels, outputs, sign;
};

/// The right sides of M7, M5, M4, M3, M6, M2, M1.
constexpr std::array<std::array<Quadrant, 2>, 7> kSums{{
    {{{1, 0, 1}, {1, 1, 1}}},
    {{{1, 1, 1}, {0, 0, 0}}},
    {{{1, 0, 1}, {0, 0, -1}}},
    {{{0, 1, 1}, {1, 1, -1}}},
    {{{0, 0, 1}, {0, 1, 1}}},
    {{{0, 0, 1}, {0, 0, 0}}},
    {{{0, 0, 1}, {1, 1, 1}}},
}};

std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
  const int64_t inputs = layer.in_channels / 2, outputs = layer.out_channels / 2;
  std::vector<float> packed;
  packed.reserve(static_cast<size_t>(kSums.size() * inputs * outputs));
  for (const auto& sum : kSums) {
    for (int64_t k = 0; k < outputs; k += 16) {
      for (int64_t c = 0; c < inputs; ++c) {
        for (int64_t lane = 0; lane < 16; ++lane) {
          double value = 0;
          for (const Quadrant& quadrant : sum) {
            const int64_t output = quadrant.outputs * outputs + k + lane, input = quadrant.channels * inputs + c;
            value += quadrant.sign * double{weights[static_cast<size_t>(output * layer.in_channels + input)]};
          }
          packed.push_back(static_cast<float>(value));
        }
      }
    }
  }
  return to_bytes(packed);
}

int64_t pack_bytes(const snug_layer& layer) {
  return 7 * int64_t{layer.in_channels / 2} * (layer.out_channels / 2) * int64_t{sizeof(float)};
}

Work work(const snug_layer& layer) {
  const double pixels = static_cast<double>(layer.out_height) * layer.out_width;
  // Seven eighths of the products; five sums of quadrants of the input, and twelve results added to outputs.
  return {.multiply_adds =
              conv_multiply_adds(layer) * 7 / 8 + pixels / 4 * (5.0 * layer.in_channels + 12.0 * layer.out_channels),
          .bytes_moved = map_bytes(layer, kC16, kC16) + static_cast<double>(pack_bytes(layer)) +
                         4 * pixels / 4 * (10.0 * layer.in_channels + 16.0 * layer.out_channels) / 4};
}

}  // namespace

extern const Primitive conv_strassen_c16;
const Primitive conv_strassen_c16{
    .name = "conv_strassen_c16",
    .family = "strassen",
    .input = kC16,
    .output = kC16,
    .source = "Strassen, Gaussian Elimination is not Optimal, 1969, one level",
    .refusal = refusal,
    .blocks = blocks,
    .workspace_bytes = workspace_bytes,
    .workspace = "block (C / 2 + 16) floats",
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
};

}  // namespace snug
