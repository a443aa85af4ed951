#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kChw, plain_bytes(layer));
}

extern const Primitive conv_depthwise_chw;
const Primitive conv_depthwise_chw{
    .name = "conv_depthwise_chw",
    .family = "depthwise",
    .input = kChw,
    .output = kChw,
    .source = "Howard et al., MobileNets, 2017",
    .in_place = true,
    .refusal = refuse_unless_depthwise,
    .pack = pack_plain,
    .pack_bytes = plain_bytes,
    .work = work,
};

}  // namespace snug
