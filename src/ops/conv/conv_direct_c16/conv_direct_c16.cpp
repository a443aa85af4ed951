#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kC16, kC16, plain_bytes(layer));
}

extern const Primitive conv_direct_c16;
const Primitive conv_direct_c16{
    .name = "conv_direct_c16",
    .family = "direct",
    .input = kC16,
    .output = kC16,
    .source = "the textbook loops (direct-sum2d)",
    .in_place = true,
    .pack = pack_plain,
    .pack_bytes = plain_bytes,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
