// Average pooling, both kinds, interleaved: vectors of channels.
#include "ops/primitive.h"

namespace snug {
namespace {

std::string_view refusal(const snug_layer& layer) {
  return layer.kind == SNUG_MAX ? "max pooling" : "";
}

Work work(const snug_layer& layer) {
  return {.multiply_adds = static_cast<double>(output_shape(layer).floats()) * layer.kernel_height * layer.kernel_width,
          .bytes_moved = map_bytes(layer, kHwc, kHwc)};
}

}  // namespace

extern const Primitive pool_average_hwc;
const Primitive pool_average_hwc{
    .name = "pool_average_hwc",
    .family = "pool",
    .input = kHwc,
    .output = kHwc,
    .source = "textbook",
    .classic = true,
    .refusal = refusal,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
