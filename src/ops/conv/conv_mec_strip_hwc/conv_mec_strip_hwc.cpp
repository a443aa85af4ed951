#include "ops/conv/packing.h"

namespace snug {

static std::vector<int32_t> strip_widths(const snug_layer& layer) {
  std::vector<int32_t> widths;
  for (const int32_t width : {2, 8}) {
    if (width < layer.out_width) widths.push_back(width);
  }
  if (widths.empty()) widths.push_back(layer.out_width);
  return widths;
}

static int64_t workspace_bytes(const snug_layer& layer) {
  return int64_t{layer.block} * layer.in_height * layer.kernel_width * channels_per_group(layer) *
         int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kHwc, panel_bytes(layer, TapOrder::kRowColumnChannel), workspace_bytes(layer));
}

extern const Primitive conv_mec_strip_hwc;
const Primitive conv_mec_strip_hwc{
    .name = "conv_mec_strip_hwc",
    .family = "mec",
    .input = kHwc,
    .output = kHwc,
    .source = "Cho, Brand, MEC: Memory-efficient Convolution for Deep Neural Network, 2017; strip by strip",
    .in_place = true,
    .refusal = refuse_unless_shared_rows,
    .blocks = strip_widths,
    .workspace_bytes = workspace_bytes,
    .workspace = "4 block in_height kernel_width in_channels / groups",
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
