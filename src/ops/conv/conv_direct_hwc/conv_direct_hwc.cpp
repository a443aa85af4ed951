#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kHwc, plain_bytes(layer));
}

extern const Primitive conv_direct_hwc;
const Primitive conv_direct_hwc{
    .name = "conv_direct_hwc",
    .family = "direct",
    .input = kHwc,
    .output = kHwc,
    .source = "the textbook loops (direct-sum2d)",
    .classic = true,
    .in_place = true,
    .pack = pack_plain,
    .pack_bytes = plain_bytes,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
