#include "ops/conv/packing.h"

namespace snug {

static int64_t workspace_bytes(const snug_layer& layer) {
  return int64_t{layer.out_width} * int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kChw, plain_bytes(layer), workspace_bytes(layer));
}

extern const Primitive conv_direct_rows_chw;
const Primitive conv_direct_rows_chw{
    .name = "conv_direct_rows_chw",
    .family = "direct vector",
    .input = kChw,
    .output = kChw,
    .source = "the textbook loops, a row at a time",
    .in_place = true,
    .workspace_bytes = workspace_bytes,
    .workspace = "4 out_width",
    .pack = pack_plain,
    .pack_bytes = plain_bytes,
    .work = work,
};

}  // namespace snug
