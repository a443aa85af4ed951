#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kC16, panel_bytes(layer, TapOrder::kBlockRowColumnChannel));
}

extern const Primitive conv_fully_connected_c16;
const Primitive conv_fully_connected_c16{
    .name = "conv_fully_connected_c16",
    .family = "fully connected",
    .input = kC16,
    .output = kC16,
    .source = "matrix times vector, weights streamed in the input's order",
    .in_place = true,
    .refusal = refuse_unless_fully_connected,
    .pack = pack_panels<TapOrder::kBlockRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kBlockRowColumnChannel>,
    .work = work,
    .splitting = {.rows = 0, .channels = 32},
};

}  // namespace snug
