#include "ops/conv/packing.h"

namespace snug {

/// Input rows at a time.
static std::vector<int32_t> input_rows(const snug_layer& layer) {
  return layer.in_height > 8 ? std::vector<int32_t>{2, 8} : std::vector<int32_t>{layer.in_height};
}

static int64_t workspace_bytes(const snug_layer& layer) {
  const int64_t panels = (int64_t{layer.block} * layer.in_width + 15) / 16;
  return panels * 16 * (layer.in_channels + 16) * int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  Work work = direct_work(layer, kChw, kChw, panel_bytes(layer, TapOrder::kRowColumnChannel));
  work.bytes_moved += 2 * map_bytes(layer, kChw, kChw);
  work.bytes_moved += static_cast<double>(kernel_taps(layer) * layer.out_channels) * 4 * sizeof(float) *
                      static_cast<double>(layer.out_height) * layer.out_width;
  return work;
}

extern const Primitive conv_kn2row_shift_add_chw;
const Primitive conv_kn2row_shift_add_chw{
    .name = "conv_kn2row_shift_add_chw",
    .family = "kn2",
    .input = kChw,
    .output = kChw,
    .source = "Anderson, Vasudevan, Keane, Gregg, Low-memory GEMM-based convolution algorithms, 2017, shift-add",
    .classic = true,
    .in_place = true,
    .refusal = refuse_unless_sum_of_taps,
    .blocks = input_rows,
    .workspace_bytes = workspace_bytes,
    .workspace = "64 ceil(block in_width / 16) (in_channels + 16)",
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
