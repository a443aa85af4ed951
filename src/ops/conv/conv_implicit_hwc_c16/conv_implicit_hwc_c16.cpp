#include "ops/conv/packing.h"

namespace snug {

static std::string_view refusal(const snug_layer& layer) {
  return refuse_unless_blocks(layer, kHwc, kC16);
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kC16, panel_bytes(layer, TapOrder::kRowColumnChannel));
}

extern const Primitive conv_implicit_hwc_c16;
const Primitive conv_implicit_hwc_c16{
    .name = "conv_implicit_hwc_c16",
    .family = "implicit gemm",
    .input = kHwc,
    .output = kC16,
    .source =
        "Chetlur et al., cuDNN, 2014, section 3: the matrix of im2row without storing it; stored in another layout",
    .in_place = true,
    .refusal = refusal,
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
