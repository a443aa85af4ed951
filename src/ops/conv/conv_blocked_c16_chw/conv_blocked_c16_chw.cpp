#include "ops/conv/packing.h"

namespace snug {

static std::string_view refusal(const snug_layer& layer) {
  return refuse_unless_blocks(layer, kC16, kChw);
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kChw, panel_bytes(layer, TapOrder::kBlockRowColumnChannel),
                     layout_workspace_bytes(layer));
}

extern const Primitive conv_blocked_c16_chw;
const Primitive conv_blocked_c16_chw{
    .name = "conv_blocked_c16_chw",
    .family = "blocked direct",
    .input = kC16,
    .output = kChw,
    .source =
        "Georganas et al., Anatomy of High-Performance Deep Learning Convolutions, 2018; stored in another layout",
    .in_place = true,
    .refusal = refusal,
    .workspace_bytes = layout_workspace_bytes,
    .workspace = kLayoutWorkspace,
    .pack = pack_panels<TapOrder::kBlockRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kBlockRowColumnChannel>,
    .work = work,
};

}  // namespace snug
