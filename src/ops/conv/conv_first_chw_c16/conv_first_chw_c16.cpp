#include <algorithm>

#include "ops/conv/packing.h"

namespace snug {

static int64_t workspace_bytes(const snug_layer& layer) {
  const int64_t rows =
      int64_t{layer.block - 1} * layer.stride_y + int64_t{layer.kernel_height - 1} * layer.dilation_y + 1;
  return std::min<int64_t>(rows, layer.in_height) * layer.in_width * layer.in_channels * int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kC16, panel_bytes(layer, TapOrder::kRowColumnChannel), workspace_bytes(layer));
}

extern const Primitive conv_first_chw_c16;
const Primitive conv_first_chw_c16{
    .name = "conv_first_chw_c16",
    .family = "first layer",
    .input = kChw,
    .output = kC16,
    .source = "blocked direct convolution on interleaved strips of the input",
    .in_place = true,
    .refusal = refuse_unless_first,
    .blocks = strip_heights,
    .workspace_bytes = workspace_bytes,
    .workspace = "4 min((block - 1) stride_y + (kernel_height - 1) dilation_y + 1, in_height) in_width in_channels",
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
