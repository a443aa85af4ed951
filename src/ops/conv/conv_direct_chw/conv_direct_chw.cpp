#include "ops/conv/packing.h"

namespace snug {

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kChw, plain_bytes(layer));
}

extern const Primitive conv_direct_chw;
const Primitive conv_direct_chw{
    .name = "conv_direct_chw",
    .family = "direct",
    .input = kChw,
    .output = kChw,
    .source = "the textbook loops (direct-sum2d)",
    .classic = true,
    .in_place = true,
    .pack = pack_plain,
    .pack_bytes = plain_bytes,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
