#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kC16, depthwise_bytes(layer));
}

extern const Primitive conv_depthwise_c16;
const Primitive conv_depthwise_c16{
    .name = "conv_depthwise_c16",
    .family = "depthwise",
    .input = kC16,
    .output = kC16,
    .source = "Howard et al., MobileNets, 2017",
    .in_place = true,
    .refusal = refuse_unless_depthwise,
    .pack = pack_depthwise,
    .pack_bytes = depthwise_bytes,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
