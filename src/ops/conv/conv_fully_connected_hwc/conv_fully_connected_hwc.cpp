#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kHwc, panel_bytes(layer, TapOrder::kRowColumnChannel));
}

extern const Primitive conv_fully_connected_hwc;
const Primitive conv_fully_connected_hwc{
    .name = "conv_fully_connected_hwc",
    .family = "fully connected",
    .input = kHwc,
    .output = kHwc,
    .source = "matrix times vector, weights streamed in the input's order",
    .in_place = true,
    .refusal = refuse_unless_fully_connected,
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
    .splitting = {.rows = 0, .channels = 32},
};

}  // namespace snug
