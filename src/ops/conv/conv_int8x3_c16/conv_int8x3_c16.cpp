#include <algorithm>

#include "kernels/int8x3_plan.h"
#include "ops/conv/packing.h"
#include "ops/conv/packing_int8x3.h"

namespace snug {

namespace {

std::string_view refusal(const snug_layer& layer) {
  if (snug_int8x3_steps(&layer) > SNUG_INT8X3_MOST_STEPS) return "more than 682 times 64 channels and a tap";
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
  return plan.place_bytes + SNUG_INT8X3_SUM_BYTES + plan.input_bytes;
}

constexpr int64_t kLanes = 16;

std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
  const std::vector<float> by_channels =
      to_floats(pack_panels<TapOrder::kBlockRowColumnChannel, SNUG_INT8X3_DEPTH>(layer, weights));
  std::vector<float> panels(by_channels.size());
  for (int64_t i = 0; i < std::ssize(panels) / kLanes; ++i) {
    std::copy_n(&by_channels[i * kLanes], kLanes, &panels[int8x3_place(i) * kLanes]);
  }
  return pack_int8x3_panels(panels, snug_int8x3_steps(&layer));
}

int64_t pack_bytes(const snug_layer& layer) {
  return output_panels(layer) * snug_int8x3_panel_bytes(snug_int8x3_steps(&layer));
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
    .source = kInt8x3Source,
    .in_place = true,
    .siblings = true,
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
