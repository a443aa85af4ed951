#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kC16, panel_bytes(layer, TapOrder::kRowColumnChannel));
}

extern const Primitive conv_first_hwc_c16;
const Primitive conv_first_hwc_c16{
    .name = "conv_first_hwc_c16",
    .family = "first layer",
    .input = kHwc,
    .output = kC16,
    .source = "blocked direct convolution whose taps of a kernel row are contiguous",
    .in_place = true,
    .refusal = refuse_unless_first,
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
