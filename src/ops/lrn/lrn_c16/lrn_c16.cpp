// Local response normalisation in one pass, blocks of 16 channels.
#include "ops/primitive.h"

namespace snug {
namespace {

std::string_view refusal(const snug_layer& layer) {
  return layer.lrn_size > 32 ? "a window of more than 32 channels reaches beyond the neighbouring blocks" : "";
}

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * (layer.lrn_size + 20),
          .bytes_moved = map_bytes(layer, kC16, kC16)};
}

}  // namespace

extern const Primitive lrn_c16;
const Primitive lrn_c16{
    .name = "lrn_c16",
    .family = "lrn",
    .input = kC16,
    .output = kC16,
    .source = "powers by reciprocal square roots",
    .in_place = true,
    .refusal = refusal,
    .work = work,
};

}  // namespace snug
