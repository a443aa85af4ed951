// Softmax over the channels of each pixel, planar.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * 15,
          .bytes_moved = map_bytes(layer, kChw, kChw)};
}

}  // namespace

extern const Primitive softmax_chw;
const Primitive softmax_chw{
    .name = "softmax_chw",
    .family = "softmax",
    .input = kChw,
    .output = kChw,
    .source = "textbook, largest value subtracted",
    .classic = true,
    .in_place = true,
    .work = work,
};

}  // namespace snug
