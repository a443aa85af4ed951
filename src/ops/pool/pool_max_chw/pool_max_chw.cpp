// Max pooling, planar: columns first, then along the row.
#include "ops/primitive.h"

namespace snug {
namespace {

std::string_view refusal(const snug_layer& layer) {
  return layer.kind != SNUG_MAX ? "average pooling" : "";
}

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * layer.kernel_height * layer.kernel_width,
          .bytes_moved = map_bytes(layer, kChw, kChw)};
}

}  // namespace

extern const Primitive pool_max_chw;
const Primitive pool_max_chw{
    .name = "pool_max_chw",
    .family = "pool",
    .input = kChw,
    .output = kChw,
    .source = "textbook; separable windows",
    .classic = true,
    .refusal = refusal,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
