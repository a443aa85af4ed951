#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kHwc, kHwc, plain_bytes(layer));
}

extern const Primitive conv_direct_dot_hwc;
const Primitive conv_direct_dot_hwc{
    .name = "conv_direct_dot_hwc",
    .family = "direct vector",
    .input = kHwc,
    .output = kHwc,
    .source = "the textbook loops, dot products over channels",
    .in_place = true,
    .pack = pack_channels_last,
    .pack_bytes = plain_bytes,
    .work = work,
};

}  // namespace snug
