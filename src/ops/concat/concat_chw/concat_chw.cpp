// One input of a concatenation copied into its channels of the output, planar.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = 2.0 * sizeof(float) * static_cast<double>(stored_floats(kChw, input_shape(layer)))};
}

}  // namespace

extern const Primitive concat_chw;
const Primitive concat_chw{
    .name = "concat_chw",
    .family = "concat",
    .input = kChw,
    .output = kChw,
    .source = "copy",
    .classic = true,
    .work = work,
};

}  // namespace snug
