// One input of a concatenation copied into its channels of the output, interleaved.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = 2.0 * sizeof(float) * static_cast<double>(stored_floats(kHwc, input_shape(layer)))};
}

}  // namespace

extern const Primitive concat_hwc;
const Primitive concat_hwc{
    .name = "concat_hwc",
    .family = "concat",
    .input = kHwc,
    .output = kHwc,
    .source = "copy",
    .classic = true,
    .work = work,
};

}  // namespace snug
