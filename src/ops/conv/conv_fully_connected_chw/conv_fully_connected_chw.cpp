#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kChw, panel_bytes(layer, TapOrder::kChannelRowColumn));
}

extern const Primitive conv_fully_connected_chw;
const Primitive conv_fully_connected_chw{
    .name = "conv_fully_connected_chw",
    .family = "fully connected",
    .input = kChw,
    .output = kChw,
    .source = "matrix times vector, weights streamed in the input's order",
    .in_place = true,
    .refusal = refuse_unless_fully_connected,
    .pack = pack_panels<TapOrder::kChannelRowColumn>,
    .pack_bytes = panel_bytes<TapOrder::kChannelRowColumn>,
    .work = work,
    .splitting = {.rows = 0, .channels = 32},
};

}  // namespace snug
