// Max pooling, blocks of 16 channels: vectors of channels.
#include "ops/primitive.h"

namespace snug {
namespace {

std::string_view refusal(const snug_layer& layer) {
  return layer.kind != SNUG_MAX ? "average pooling" : "";
}

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * layer.kernel_height * layer.kernel_width,
          .bytes_moved = map_bytes(layer, kC16, kC16)};
}

}  // namespace

extern const Primitive pool_max_c16;
const Primitive pool_max_c16{
    .name = "pool_max_c16",
    .family = "pool",
    .input = kC16,
    .output = kC16,
    .source = "textbook",
    .refusal = refusal,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
