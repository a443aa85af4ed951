// Local response normalisation in one pass, interleaved.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * (layer.lrn_size + 20),
          .bytes_moved = map_bytes(layer, kHwc, kHwc)};
}

}  // namespace

extern const Primitive lrn_hwc;
const Primitive lrn_hwc{
    .name = "lrn_hwc",
    .family = "lrn",
    .input = kHwc,
    .output = kHwc,
    .source = "powers by reciprocal square roots",
    .classic = true,
    .work = work,
};

}  // namespace snug
