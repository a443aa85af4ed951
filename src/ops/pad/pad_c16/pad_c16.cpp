// Rows and columns of a constant around a map, blocks of 16 channels.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kC16, kC16)};
}

}  // namespace

extern const Primitive pad_c16;
const Primitive pad_c16{
    .name = "pad_c16",
    .family = "pad",
    .input = kC16,
    .output = kC16,
    .source = "textbook",
    .work = work,
};

}  // namespace snug
