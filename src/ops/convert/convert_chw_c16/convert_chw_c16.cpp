// Planar → blocks of 16 channels.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = map_bytes(layer, kChw, kC16)};
}

}  // namespace

extern const Primitive convert_chw_c16;
const Primitive convert_chw_c16{
    .name = "convert_chw_c16",
    .family = "convert",
    .input = kChw,
    .output = kC16,
    .source = "cache-blocked transposition",
    .work = work,
};

}  // namespace snug
