// Softmax over the channels of each pixel, interleaved.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * 15,
          .bytes_moved = map_bytes(layer, kHwc, kHwc)};
}

}  // namespace

extern const Primitive softmax_hwc;
const Primitive softmax_hwc{
    .name = "softmax_hwc",
    .family = "softmax",
    .input = kHwc,
    .output = kHwc,
    .source = "textbook, largest value subtracted",
    .classic = true,
    .in_place = true,
    .work = work,
};

}  // namespace snug
