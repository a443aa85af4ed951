// Rows and columns of a constant around a map, planar.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kChw, kChw)};
}

}  // namespace

extern const Primitive pad_chw;
const Primitive pad_chw{
    .name = "pad_chw",
    .family = "pad",
    .input = kChw,
    .output = kChw,
    .source = "textbook",
    .classic = true,
    .work = work,
};

}  // namespace snug
