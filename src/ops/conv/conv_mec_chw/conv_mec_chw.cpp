#include "ops/conv/packing.h"

namespace snug {

static int64_t workspace_bytes(const snug_layer& layer) {
  return int64_t{layer.out_width} * layer.in_height * layer.kernel_width * channels_per_group(layer) *
         int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kChw, panel_bytes(layer, TapOrder::kRowColumnChannel),
                     layer.groups * workspace_bytes(layer));
}

extern const Primitive conv_mec_chw;
const Primitive conv_mec_chw{
    .name = "conv_mec_chw",
    .family = "mec",
    .input = kChw,
    .output = kChw,
    .source = "Cho, Brand, MEC: Memory-efficient Convolution for Deep Neural Network, 2017",
    .classic = true,
    .in_place = true,
    .refusal = refuse_unless_shared_rows,
    .workspace_bytes = workspace_bytes,
    .workspace = "4 out_width in_height kernel_width in_channels / groups",
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
