// An activation alone, interleaved.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()),
          .bytes_moved = map_bytes(layer, kHwc, kHwc)};
}

}  // namespace

extern const Primitive activation_hwc;
const Primitive activation_hwc{
    .name = "activation_hwc",
    .family = "activation",
    .input = kHwc,
    .output = kHwc,
    .source = "elementwise",
    .classic = true,
    .in_place = true,
    .work = work,
};

}  // namespace snug
