#include "ops/conv/packing.h"

namespace snug {

/// Panels of 16 pixels at a time.
static std::vector<int32_t> panel_counts(const snug_layer& layer) {
  const int32_t panels = (layer.out_height * layer.out_width + 15) / 16;
  return panels > 4 ? std::vector<int32_t>{1, 4} : std::vector<int32_t>{panels};
}

static int64_t workspace_bytes(const snug_layer& layer) {
  return int64_t{layer.block} * 16 * layer.in_channels * int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  Work work = direct_work(layer, kChw, kChw, panel_bytes(layer, TapOrder::kRowColumnChannel));
  work.bytes_moved += 2 * static_cast<double>(kernel_taps(layer)) * map_bytes(layer, kChw, kChw);
  return work;
}

extern const Primitive conv_kn2row_chw;
const Primitive conv_kn2row_chw{
    .name = "conv_kn2row_chw",
    .family = "kn2",
    .input = kChw,
    .output = kChw,
    .source = "Anderson, Vasudevan, Keane, Gregg, Low-memory GEMM-based convolution algorithms, 2017, accumulating",
    .classic = true,
    .in_place = true,
    .refusal = refuse_unless_sum_of_taps,
    .blocks = panel_counts,
    .workspace_bytes = workspace_bytes,
    .workspace = "64 block in_channels",
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
