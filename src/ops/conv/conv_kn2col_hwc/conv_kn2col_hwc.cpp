#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  Work work = direct_work(layer, kHwc, kHwc, panel_bytes(layer, TapOrder::kRowColumnChannel));
  work.bytes_moved += static_cast<double>(kernel_taps(layer)) * map_bytes(layer, kHwc, kHwc);
  return work;
}

extern const Primitive conv_kn2col_hwc;
const Primitive conv_kn2col_hwc{
    .name = "conv_kn2col_hwc",
    .family = "kn2",
    .input = kHwc,
    .output = kHwc,
    .source = "Anderson, Vasudevan, Keane, Gregg, Low-memory GEMM-based convolution algorithms, 2017, accumulating",
    .classic = true,
    .in_place = true,
    .refusal = refuse_unless_sum_of_taps,
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
