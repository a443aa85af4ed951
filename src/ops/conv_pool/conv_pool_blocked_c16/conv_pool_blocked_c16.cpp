#include <algorithm>

#include "ops/conv_pool/bands.h"

namespace snug {

extern const Primitive conv_blocked_c16;

/// A band of two panels.
static int64_t workspace_bytes(const snug_layer& layer) {
  return band_bytes(layer, std::min(32, layer.out_channels / layer.groups));
}

static Work work(const snug_layer& layer) {
  return conv_pool_work(layer, conv_blocked_c16, workspace_bytes(layer));
}

extern const Primitive conv_pool_blocked_c16;
const Primitive conv_pool_blocked_c16{
    .name = "conv_pool_blocked_c16",
    .family = "blocked direct",
    .input = kC16,
    .output = kC16,
    .source = "layers fused in bands of rows: Alwani et al., Fused-Layer CNN Accelerators, 2016",
    .refusal = refusal_of_conv<conv_blocked_c16>,
    .blocks = pooled_rows,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "128 min(block pool_stride_y + pool_height - 1, middle_height) middle_width, half of it for up to 16 channels",
    .pack = pack_conv<conv_blocked_c16>,
    .pack_bytes = pack_bytes_of_conv<conv_blocked_c16>,
    .work = work,
    .splitting = {.rows = 1, .channels = 32},
};

}  // namespace snug
