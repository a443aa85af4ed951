// Interleaved → blocks of 16 channels.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kHwc, kC16)};
}

}  // namespace

extern const Primitive convert_hwc_c16;
const Primitive convert_hwc_c16{
    .name = "convert_hwc_c16",
    .family = "convert",
    .input = kHwc,
    .output = kC16,
    .source = "copy",
    .work = work,
};

}  // namespace snug
