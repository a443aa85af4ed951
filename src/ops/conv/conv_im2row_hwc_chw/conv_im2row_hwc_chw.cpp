#include "ops/conv/packing.h"

namespace snug {

static int64_t workspace_bytes(const snug_layer& layer) {
  const int64_t pixels = int64_t{layer.out_height} * layer.out_width;
  return pixels * channels_per_group(layer) * kernel_taps(layer) * int64_t{sizeof(float)} +
         layout_workspace_bytes(layer);
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kChw, panel_bytes(layer, TapOrder::kRowColumnChannel), workspace_bytes(layer));
}

extern const Primitive conv_im2row_hwc_chw;
const Primitive conv_im2row_hwc_chw{
    .name = "conv_im2row_hwc_chw",
    .family = "im2row",
    .input = kHwc,
    .output = kChw,
    .source = "Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks, 2006; the transposed product",
    .classic = true,
    .in_place = true,
    .refusal = refuse_depthwise,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "4 out_height out_width kernel_height kernel_width in_channels / groups + 128 min(out_height out_width, "
        "max(out_width, 224))",
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
