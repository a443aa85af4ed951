#include <algorithm>

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
        "6 bytes per input value of a strip of block rows, padding included; 4096 per 32 output pixels; 8 per tap",
    .pack = pack_panels<TapOrder::kBlockRowColumnChannel, SNUG_BF16X3_DEPTH>,
    .pack_bytes = panel_bytes<TapOrder::kBlockRowColumnChannel, SNUG_BF16X3_DEPTH>,
    .work = work,
    .splitting = {.rows = 1, .channels = 32},
};

}  // namespace snug
