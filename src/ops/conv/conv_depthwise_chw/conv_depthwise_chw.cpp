#include "ops/conv/packing.h"

namespace snug {

/// The rows that a kernel covers must fit the kernel's stack, 64 outputs wide.
static std::string_view refusal(const snug_layer& layer) {
  if (const std::string_view reason = refuse_unless_depthwise(layer); !reason.empty()) return reason;
  const int64_t rows = int64_t{layer.kernel_height - 1} * layer.dilation_y + 1 + layer.stride_y;
  const int64_t reach = (int64_t{layer.kernel_width - 1} * layer.dilation_x + layer.stride_x) / layer.stride_x;
  constexpr int64_t kStackFloats = 4096;
  return rows * layer.stride_x * (64 + reach) > kStackFloats ? "the kernel covers too many rows" : "";
}

static Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kChw, plain_bytes(layer));
}

extern const Primitive conv_depthwise_chw;
const Primitive conv_depthwise_chw{
    .name = "conv_depthwise_chw",
    .family = "depthwise",
    .input = kChw,
    .output = kChw,
    .source = "Howard et al., MobileNets, 2017",
    .in_place = true,
    .refusal = refusal,
    .pack = pack_plain,
    .pack_bytes = plain_bytes,
    .work = work,
    .splitting = {.rows = 1, .channels = 16},
};

}  // namespace snug
