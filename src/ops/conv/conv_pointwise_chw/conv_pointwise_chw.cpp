#include "ops/conv/packing.h"

namespace snug {

/// Panels of 16 pixels at a time. Sums over few channels are so short that many of them should follow on one another.
static std::vector<int32_t> panel_counts(const snug_layer& layer) {
  const int32_t panels = (layer.out_height * layer.out_width + 15) / 16;
  if (panels > 16 && layer.in_channels <= 32) return {1, 4, 16};
  return panels > 4 ? std::vector<int32_t>{1, 4} : std::vector<int32_t>{panels};
}

static int64_t workspace_bytes(const snug_layer& layer) {
  return int64_t{layer.block} * 16 * layer.in_channels * int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kChw, panel_bytes(layer, TapOrder::kChannelRowColumn), workspace_bytes(layer));
}

extern const Primitive conv_pointwise_chw;
const Primitive conv_pointwise_chw{
    .name = "conv_pointwise_chw",
    .family = "pointwise",
    .input = kChw,
    .output = kChw,
    .source = "a 1x1 convolution is a matrix product",
    .classic = true,
    .in_place = true,
    .refusal = refuse_unless_pointwise,
    .blocks = panel_counts,
    .workspace_bytes = workspace_bytes,
    .workspace = "64 block in_channels",
    .pack = pack_panels<TapOrder::kChannelRowColumn>,
    .pack_bytes = panel_bytes<TapOrder::kChannelRowColumn>,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
