#include "ops/conv/packing.h"

namespace snug {

static int64_t workspace_bytes(const snug_layer& layer) {
  const int64_t rows =
      int64_t{layer.block - 1} * layer.stride_y + int64_t{layer.kernel_height - 1} * layer.dilation_y + 1;
  const int64_t width = (int64_t{layer.out_width} + 15) / 16 * 16 + int64_t{layer.kernel_width - 1} * layer.dilation_x;
  return rows * channels_per_group(layer) * width * int64_t{sizeof(float)};
}

static std::string_view refusal(const snug_layer& layer) {
  if (layer.stride_x != 1) return "a horizontal stride";
  return refuse_depthwise(layer);
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kChw, panel_bytes(layer, TapOrder::kRowColumnChannel), workspace_bytes(layer));
}

extern const Primitive conv_rows_chw;
const Primitive conv_rows_chw{
    .name = "conv_rows_chw",
    .family = "mec",
    .input = kChw,
    .output = kChw,
    .source = "Cho, Brand, MEC: Memory-efficient Convolution for Deep Neural Network, 2017, partitioned by rows",
    .in_place = true,
    .refusal = refusal,
    .blocks = strip_heights,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "4 ((block - 1) stride_y + (kernel_height - 1) dilation_y + 1) in_channels / groups (16 ceil(out_width / 16) + "
        "(kernel_width - 1) dilation_x)",
    .pack = pack_panels<TapOrder::kRowColumnChannel>,
    .pack_bytes = panel_bytes<TapOrder::kRowColumnChannel>,
    .work = work,
};

}  // namespace snug
