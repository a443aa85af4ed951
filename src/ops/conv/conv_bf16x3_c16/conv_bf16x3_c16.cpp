#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "kernels/bf16x3_plan.h"
#include "ops/conv/packing.h"

namespace snug {

namespace {

std::string_view refusal(const snug_layer& layer) {
  return refuse_unless_blocks(layer, kC16, kC16);
}

/// Output rows of a strip: some hundred pixels, or some hundred more, in strips that are as high as one another.
std::vector<int32_t> blocks(const snug_layer& layer) {
  std::vector<int32_t> rows;
  for (const int32_t pixels : {128, 256, 512}) {
    const int32_t most = std::clamp(pixels / layer.out_width, 1, layer.out_height);
    const int32_t strips = (layer.out_height + most - 1) / most;
    rows.push_back((layer.out_height + strips - 1) / strips);
  }
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

int64_t workspace_bytes(const snug_layer& layer) {
  const snug_bf16x3_plan plan = snug_bf16x3_plan_of(&layer);
  return plan.tap_bytes + plan.sum_bytes + plan.part_bytes;
}

int64_t panels_of_group(const snug_layer& layer) {
  return (outputs_per_group(layer) + 15) / 16;
}

int64_t pack_bytes(const snug_layer& layer) {
  return layer.groups * panels_of_group(layer) * snug_bf16x3_plan_of(&layer).depths * kernel_taps(layer) *
         SNUG_BF16X3_PARTS * SNUG_BF16X3_TILE_WORDS * int64_t{sizeof(float)};
}

/// A float as the sum of three whose lower halves are zero; the upper halves of these.
std::array<uint32_t, SNUG_BF16X3_PARTS> split(float value) {
  std::array<uint32_t, SNUG_BF16X3_PARTS> parts{};
  for (uint32_t& part : parts) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    part = bits >> 16;
    value -= std::bit_cast<float>(bits & 0xffff0000U);
  }
  return parts;
}

/// Where the kernel's layout, in conv_bf16x3_c16.c, has part 0 of a weight: which half word, counted from 0.
struct Place {
  int64_t half = 0, part_halves = 0;
};
Place place_of(const snug_layer& layer, int64_t output, int64_t channel, int64_t tap) {
  const int64_t steps = snug_bf16x3_plan_of(&layer).depths * kernel_taps(layer), panels = panels_of_group(layer);
  const int64_t group = output / outputs_per_group(layer), lane = output % outputs_per_group(layer) % 16;
  const int64_t panel = output % outputs_per_group(layer) / 16, of_pair = panel % 2;
  const int64_t together = std::min<int64_t>(2, panels - (panel - of_pair));
  const int64_t step = channel / SNUG_BF16X3_DEPTH * kernel_taps(layer) + tap, inner = channel % SNUG_BF16X3_DEPTH;
  const int64_t tiles =
      (group * panels + panel - of_pair) * steps * SNUG_BF16X3_PARTS + step * SNUG_BF16X3_PARTS * together + of_pair;
  const int64_t word = tiles * SNUG_BF16X3_TILE_WORDS + inner % 16 * 16 + lane;
  return {.half = 2 * word + inner / 16, .part_halves = together * 2 * SNUG_BF16X3_TILE_WORDS};
}

std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
  std::vector<uint32_t> words(static_cast<size_t>(pack_bytes(layer)) / sizeof(uint32_t));
  size_t next = 0;
  for (int64_t output = 0; output < layer.out_channels; ++output) {
    for (int64_t channel = 0; channel < channels_per_group(layer); ++channel) {
      for (int64_t tap = 0; tap < kernel_taps(layer); ++tap) {
        Place place = place_of(layer, output, channel, tap);
        for (const uint32_t part : split(weights[next++])) {
          words[static_cast<size_t>(place.half / 2)] |= part << (place.half % 2 * 16);
          place.half += place.part_halves;
        }
      }
    }
  }
  std::vector<float> floats(words.size());
  std::memcpy(floats.data(), words.data(), words.size() * sizeof(uint32_t));
  return to_bytes(floats);
}

Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kC16, pack_bytes(layer), workspace_bytes(layer));
}

}  // namespace

extern const Primitive conv_bf16x3_c16;
const Primitive conv_bf16x3_c16{
    .name = "conv_bf16x3_c16",
    .family = "bf16x3",
    .input = kC16,
    .output = kC16,
    .source =
        "Henry, Tang and Heinecke, Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision "
        "Computations, arXiv 1904.06376, 2019",
    .in_place = true,
    .refusal = refusal,
    .blocks = blocks,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "6 bytes per input value of a strip of block rows, padding included; 4096 per 32 output pixels; 8 per tap",
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
    .splitting = {.rows = 1, .channels = 32},
};

}  // namespace snug
