#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/int8x3_plan.h"
#include "ops/conv/packing.h"

namespace snug {

namespace {

std::string_view refusal(const snug_layer& layer) {
  const snug_int8x3_plan plan = snug_int8x3_plan_of(&layer);
  if (plan.depths * kernel_taps(layer) > SNUG_INT8X3_MOST_STEPS) return "more than 682 times 64 channels and a tap";
  return refuse_unless_blocks(layer, kC16, kC16);
}

/// Tiles of 16 pixels that strips of so many rows take together.
int64_t tiles(const snug_layer& layer, int32_t rows) {
  const snug_int8x3_plan plan = snug_int8x3_plan_of(&layer);
  int64_t tiles = 0;
  for (int32_t y = 0; y < layer.out_height; y += rows) {
    tiles += (snug_int8x3_places(&layer, &plan, std::min(rows, layer.out_height - y)) + 15) / 16;
  }
  return tiles;
}

/// Output rows of a strip: of up to some hundred pixels, those that take the fewest tiles.
std::vector<int32_t> blocks(const snug_layer& layer) {
  std::vector<int32_t> heights;
  for (const int32_t pixels : {128, 256, 512}) {
    const int32_t most = std::clamp(pixels / layer.out_width, 1, layer.out_height);
    int32_t best = most;
    for (int32_t rows = most; 2 * rows > most; --rows) {
      if (tiles(layer, rows) < tiles(layer, best)) best = rows;
    }
    heights.push_back(best);
  }
  heights.erase(std::unique(heights.begin(), heights.end()), heights.end());
  return heights;
}

int64_t workspace_bytes(const snug_layer& layer) {
  const snug_int8x3_plan plan = snug_int8x3_plan_of(&layer);
  return plan.place_bytes + plan.sum_bytes + plan.input_bytes;
}

constexpr TapOrder kOrder = TapOrder::kBlockRowColumnChannel;
constexpr int64_t kDepth = SNUG_INT8X3_DEPTH, kLanes = 16;
constexpr double kLargest = SNUG_INT8X3_LARGEST;

/// One output's weights, kLanes floats apart, as whole numbers of 24 bits. lane: of the output; panel: where it begins.
/// A weight that is not finite makes the output infinite or NaN.
void pack_output(const float* weights, int64_t taps, int64_t lane, std::byte* panel) {
  double largest = 0;
  bool finite = true;
  for (int64_t tap = 0; tap < taps; ++tap) {
    const double magnitude = std::fabs(weights[tap * kLanes]);
    finite = finite && std::isfinite(magnitude);
    largest = std::max(largest, magnitude);
  }
  const float unit = finite ? static_cast<float>(largest / kLargest) : HUGE_VALF;
  std::memcpy(panel + lane * int64_t{sizeof(float)}, &unit, sizeof(unit));
  for (int64_t tap = 0; tap < taps; ++tap) {
    const double quotient = !finite ? 1 : unit > 0 ? weights[tap * kLanes] / double{unit} : 0;
    const auto whole = static_cast<int32_t>(std::lrint(std::clamp(quotient, -kLargest, kLargest)));
    const int64_t channel = tap % kDepth, row = channel % kLanes, block = channel / kLanes;
    std::byte* const step = panel + SNUG_INT8X3_UNIT_BYTES + tap / kDepth * SNUG_INT8X3_STEP_BYTES;
    for (int64_t place = 0; place < SNUG_INT8X3_DIGITS; ++place) {
      const auto digit = static_cast<uint8_t>((static_cast<uint32_t>(whole + 0x808080) >> 8 * place) - 128);
      step[(SNUG_INT8X3_DIGITS - 1 - place) * SNUG_INT8X3_TILE_BYTES + row * 64 + lane * 4 + block] = std::byte{digit};
    }
  }
}

/// Of 16 outputs, of all groups.
int64_t panels(const snug_layer& layer) {
  return layer.groups * ((outputs_per_group(layer) + kLanes - 1) / kLanes);
}

int64_t pack_bytes(const snug_layer& layer) {
  return panels(layer) * snug_int8x3_panel_bytes(&layer);
}

std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
  const std::vector<std::byte> bytes = pack_panels<kOrder, kDepth>(layer, weights);
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), bytes.size());
  const int64_t taps = panel_taps(layer, kOrder, kDepth);
  std::vector<std::byte> packed(static_cast<size_t>(pack_bytes(layer)));
  for (int64_t output = 0; output < panels(layer) * kLanes; ++output) {
    pack_output(floats.data() + output / kLanes * taps * kLanes + output % kLanes, taps, output % kLanes,
                packed.data() + output / kLanes * snug_int8x3_panel_bytes(&layer));
  }
  return packed;
}

Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kC16, pack_bytes(layer), workspace_bytes(layer));
}

}  // namespace

extern const Primitive conv_int8x3_c16;
const Primitive conv_int8x3_c16{
    .name = "conv_int8x3_c16",
    .family = "int8x3",
    .input = kC16,
    .output = kC16,
    .source = "Ootomo, Ozaki and Yokota, DGEMM on Integer Matrix Multiplication Unit, arXiv 2306.11975, 2023",
    .in_place = true,
    .refusal = refusal,
    .blocks = blocks,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "for a strip of block rows: 3 per input value, padding included and channels rounded up to 64 (twice where "
        "there "
        "are more strips); 8 per 64 channels and a tap; 6144",
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
