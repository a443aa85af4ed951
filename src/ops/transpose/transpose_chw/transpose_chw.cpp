// Dimensions of row-major memory swapped, in tiles.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kChw, kChw)};
}

}  // namespace

extern const Primitive transpose_chw;
const Primitive transpose_chw{
    .name = "transpose_chw",
    .family = "transpose",
    .input = kChw,
    .output = kChw,
    .source = "cache-blocked transposition",
    .classic = true,
    .work = work,
    .splitting = {.rows = 0},
};

}  // namespace snug
