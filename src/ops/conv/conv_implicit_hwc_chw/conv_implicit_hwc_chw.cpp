#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kChw, panel_bytes(layer, TapOrder::kRowColumnChannel), layout_workspace_bytes(layer));
}

extern const Primitive conv_implicit_hwc_chw;
const Primitive conv_implicit_hwc_chw{
    .name = "conv_implicit_hwc_chw",
    .family = "implicit gemm",
    .input = kHwc,
    .output = kChw,
    .source =
        "Chetlur et al., cuDNN, 2014, section 3: the matrix of im2row without storing it; stored in another layout",
    .in_place = true,
    .refusal = refuse_depthwise,
    .workspace_bytes = layout_workspace_bytes,
    .workspace = kLayoutWorkspace,
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
