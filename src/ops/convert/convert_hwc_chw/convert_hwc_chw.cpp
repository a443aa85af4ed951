// Interleaved → planar.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kHwc, kChw)};
}

}  // namespace

extern const Primitive convert_hwc_chw;
const Primitive convert_hwc_chw{
    .name = "convert_hwc_chw",
    .family = "convert",
    .input = kHwc,
    .output = kChw,
    .source = "cache-blocked transposition",
    .classic = true,
    .work = work,
};

}  // namespace snug
