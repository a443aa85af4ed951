// Local response normalisation in one pass, planar.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * (layer.lrn_size + 20),
          .bytes_moved = map_bytes(layer, kChw, kChw)};
}

}  // namespace

extern const Primitive lrn_chw;
const Primitive lrn_chw{
    .name = "lrn_chw",
    .family = "lrn",
    .input = kChw,
    .output = kChw,
    .source = "powers by reciprocal square roots",
    .classic = true,
    .work = work,
};

}  // namespace snug
