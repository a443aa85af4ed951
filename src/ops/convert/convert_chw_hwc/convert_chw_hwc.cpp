// Planar → interleaved.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kChw, kHwc)};
}

}  // namespace

extern const Primitive convert_chw_hwc;
const Primitive convert_chw_hwc{
    .name = "convert_chw_hwc",
    .family = "convert",
    .input = kChw,
    .output = kHwc,
    .source = "cache-blocked transposition",
    .classic = true,
    .work = work,
};

}  // namespace snug
