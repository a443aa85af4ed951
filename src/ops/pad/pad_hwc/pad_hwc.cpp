// Rows and columns of a constant around a map, interleaved.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kHwc, kHwc)};
}

}  // namespace

extern const Primitive pad_hwc;
const Primitive pad_hwc{
    .name = "pad_hwc",
    .family = "pad",
    .input = kHwc,
    .output = kHwc,
    .source = "textbook",
    .classic = true,
    .work = work,
};

}  // namespace snug
