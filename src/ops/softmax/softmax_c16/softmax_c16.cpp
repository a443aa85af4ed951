// Softmax over the channels of each pixel, blocks of 16 channels.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * 15,
          .bytes_moved = map_bytes(layer, kC16, kC16)};
}

}  // namespace

extern const Primitive softmax_c16;
const Primitive softmax_c16{
    .name = "softmax_c16",
    .family = "softmax",
    .input = kC16,
    .output = kC16,
    .source = "textbook, largest value subtracted",
    .in_place = true,
    .work = work,
};

}  // namespace snug
