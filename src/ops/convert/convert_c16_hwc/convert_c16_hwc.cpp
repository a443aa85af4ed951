// Blocks of 16 channels → interleaved.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kC16, kHwc)};
}

}  // namespace

extern const Primitive convert_c16_hwc;
const Primitive convert_c16_hwc{
    .name = "convert_c16_hwc",
    .family = "convert",
    .input = kC16,
    .output = kHwc,
    .source = "copy",
    .work = work,
};

}  // namespace snug
