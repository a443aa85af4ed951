#include "ops/conv/packing.h"

namespace snug {

static std::string_view refusal(const snug_layer& layer) {
  return refuse_unless_blocks(layer, kC16, kHwc);
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kHwc, panel_bytes(layer, TapOrder::kBlockRowColumnChannel));
}

extern const Primitive conv_blocked_c16_hwc;
const Primitive conv_blocked_c16_hwc{
    .name = "conv_blocked_c16_hwc",
    .family = "blocked direct",
    .input = kC16,
    .output = kHwc,
    .source =
        "Georganas et al., Anatomy of High-Performance Deep Learning Convolutions, 2018; stored in another layout",
    .in_place = true,
    .refusal = refusal,
    .pack = pack_panels<TapOrder::kBlockRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kBlockRowColumnChannel>,
    .work = work,
};

}  // namespace snug
