// One input of a concatenation copied into its channels of the output, blocks of 16 channels.
#include "ops/primitive.h"

namespace snug {
namespace {

Work work(const snug_layer& layer) {
  return {.bytes_moved = 2.0 * sizeof(float) * static_cast<double>(stored_floats(kC16, input_shape(layer)))};
}

}  // namespace

extern const Primitive concat_c16;
const Primitive concat_c16{
    .name = "concat_c16",
    .family = "concat",
    .input = kC16,
    .output = kC16,
    .source = "copy",
    .work = work,
};

}  // namespace snug
