#include "ops/conv/packing.h"

namespace snug {

static int64_t workspace_bytes(const snug_layer& layer) {
  const int64_t panels = (int64_t{layer.out_height} * layer.out_width + 15) / 16;
  return panels * 16 * channels_per_group(layer) * kernel_taps(layer) * int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kHwc, panel_bytes(layer, TapOrder::kChannelRowColumn), workspace_bytes(layer));
}

extern const Primitive conv_im2col_chw_hwc;
const Primitive conv_im2col_chw_hwc{
    .name = "conv_im2col_chw_hwc",
    .family = "im2col",
    .input = kChw,
    .output = kHwc,
    .source = "Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks, 2006; the transposed product",
    .classic = true,
    .in_place = true,
    .refusal = refuse_depthwise,
    .workspace_bytes = workspace_bytes,
    .workspace = "64 ceil(out_height out_width / 16) kernel_height kernel_width in_channels / groups",
    .pack = pack_panels<TapOrder::kChannelRowColumn>,
    .pack_bytes = panel_bytes<TapOrder::kChannelRowColumn>,
    .work = work,
};

}  // namespace snug
