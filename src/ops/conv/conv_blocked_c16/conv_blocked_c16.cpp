#include "ops/conv/packing.h"

namespace snug {

static std::string_view refusal(const snug_layer& layer) {
  if (layer.groups == 1) return {};
  const bool whole = channels_per_group(layer) % 16 == 0 && outputs_per_group(layer) % 16 == 0;
  return whole ? "" : "groups of channels that are no multiple of 16";
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kC16, panel_bytes(layer, TapOrder::kBlockRowColumnChannel));
}

extern const Primitive conv_blocked_c16;
const Primitive conv_blocked_c16{
    .name = "conv_blocked_c16",
    .family = "blocked direct",
    .input = kC16,
    .output = kC16,
    .source = "Georganas et al., Anatomy of High-Performance Deep Learning Convolutions, 2018",
    .in_place = true,
    .refusal = refusal,
    .pack = pack_panels<TapOrder::kBlockRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kBlockRowColumnChannel>,
    .work = work,
    .splitting = {.rows = 1, .channels = 32},
};

}  // namespace snug
