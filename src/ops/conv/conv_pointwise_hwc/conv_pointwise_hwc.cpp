#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kHwc, panel_bytes(layer, TapOrder::kRowColumnChannel));
}

extern const Primitive conv_pointwise_hwc;
const Primitive conv_pointwise_hwc{
    .name = "conv_pointwise_hwc",
    .family = "pointwise",
    .input = kHwc,
    .output = kHwc,
    .source = "a 1x1 convolution is a matrix product",
    .classic = true,
    .in_place = true,
    .refusal = refuse_unless_pointwise,
    .blocks = pixels_at_once,
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
    .splitting = {.rows = 1, .channels = 32},
};

}  // namespace snug
