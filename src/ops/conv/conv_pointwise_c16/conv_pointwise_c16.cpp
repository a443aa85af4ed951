#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kC16, panel_bytes(layer, TapOrder::kBlockRowColumnChannel));
}

extern const Primitive conv_pointwise_c16;
const Primitive conv_pointwise_c16{
    .name = "conv_pointwise_c16",
    .family = "pointwise",
    .input = kC16,
    .output = kC16,
    .source = "a 1x1 convolution is a matrix product",
    .in_place = true,
    .refusal = refuse_unless_pointwise,
    .blocks = pixels_at_once,
    .pack = pack_panels<TapOrder::kBlockRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kBlockRowColumnChannel>,
    .work = work,
    .splitting = {.rows = 1, .channels = 32},
};

}  // namespace snug
