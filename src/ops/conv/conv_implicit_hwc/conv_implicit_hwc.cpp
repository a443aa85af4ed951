#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kHwc, panel_bytes(layer, TapOrder::kRowColumnChannel));
}

extern const Primitive conv_implicit_hwc;
const Primitive conv_implicit_hwc{
    .name = "conv_implicit_hwc",
    .family = "implicit gemm",
    .input = kHwc,
    .output = kHwc,
    .source = "Chetlur et al., cuDNN, 2014, section 3: the matrix of im2row without storing it",
    .in_place = true,
    .refusal = refuse_depthwise,
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
    .splitting = {.rows = 1, .channels = 32},
};

}  // namespace snug
