#include <algorithm>

#include "kernels/bf16x3_plan.h"
#include "ops/conv/packing.h"

namespace snug {

namespace {

std::string_view refusal(const snug_layer& layer) {
  return refuse_unless_blocks(layer, kC16, kC16);
}

/// Tiles of 16 pixels that strips of so many rows take together.
int64_t tiles(const snug_layer& layer, int32_t rows) {
  const snug_bf16x3_plan plan = snug_bf16x3_plan_of(&layer);
  int64_t tiles = 0;
  for (int32_t y = 0; y < layer.out_height; y += rows) {
    tiles += (snug_bf16x3_places(&layer, &plan, std::min(rows, layer.out_height - y)) + 15) / 16;
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
  const snug_bf16x3_plan plan = snug_bf16x3_plan_of(&layer);
  return plan.tap_bytes + plan.sum_bytes + plan.weight_bytes + plan.input_bytes;
}

Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kC16, panel_bytes(layer, TapOrder::kBlockRowColumnChannel, SNUG_BF16X3_DEPTH),
                     workspace_bytes(layer));
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
        "for a strip of block rows: 6 per input value, padding included and channels rounded up to 32 (twice where "
        "there are more strips), 4096 per 32 output pixels, and 4096; 12288 per step of 32 channels and a tap, but "
        "eight steps at most; 8 per tap",
    .pack = pack_panels<TapOrder::kBlockRowColumnChannel, SNUG_BF16X3_DEPTH>,
    .pack_bytes = panel_bytes<TapOrder::kBlockRowColumnChannel, SNUG_BF16X3_DEPTH>,
    .work = work,
    .splitting = {.rows = 1, .channels = 32},
};

}  // namespace snug
