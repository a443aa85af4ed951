#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kHwc, depthwise_bytes(layer));
}

extern const Primitive conv_depthwise_hwc;
const Primitive conv_depthwise_hwc{
    .name = "conv_depthwise_hwc",
    .family = "depthwise",
    .input = kHwc,
    .output = kHwc,
    .source = "Howard et al., MobileNets, 2017",
    .in_place = true,
    .refusal = refuse_unless_depthwise,
    .pack = pack_depthwise,
    .pack_bytes = depthwise_bytes,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
