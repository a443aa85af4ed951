// Blocks of 16 channels → planar.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kC16, kChw)};
}

}  // namespace

extern const Primitive convert_c16_chw;
const Primitive convert_c16_chw{
    .name = "convert_c16_chw",
    .family = "convert",
    .input = kC16,
    .output = kChw,
    .source = "cache-blocked transposition",
    .work = work,
};

}  // namespace snug
