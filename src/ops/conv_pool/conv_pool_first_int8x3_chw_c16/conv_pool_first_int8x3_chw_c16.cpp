#include "ops/conv_pool/bands.h"

namespace snug {

extern const Primitive conv_first_int8x3_chw_c16;

static int64_t workspace_bytes(const snug_layer& layer) {
  const int32_t step = layer.block * layer.pool_stride_y;
  return band_bytes(layer, layer.out_channels) + conv_first_int8x3_chw_c16.workspace_bytes(convolution_of(layer, step));
}

static Work work(const snug_layer& layer) {
  return conv_pool_work(layer, conv_first_int8x3_chw_c16, workspace_bytes(layer));
}

extern const Primitive conv_pool_first_int8x3_chw_c16;
const Primitive conv_pool_first_int8x3_chw_c16{
    .name = "conv_pool_first_int8x3_chw_c16",
    .family = "int8x3",
    .input = kChw,
    .output = kC16,
    .source = "layers fused in bands of rows: Alwani et al., Fused-Layer CNN Accelerators, 2016",
    .refusal = refusal_of_conv<conv_first_int8x3_chw_c16>,
    .blocks = pooled_rows,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "4 out_channels min(block pool_stride_y + pool_height - 1, middle_height) middle_width, out_channels "
        "rounded up to 16, and that of conv_first_int8x3_chw_c16 for block pool_stride_y rows",
    .pack = pack_conv<conv_first_int8x3_chw_c16>,
    .pack_bytes = pack_bytes_of_conv<conv_first_int8x3_chw_c16>,
    .work = work,
};

}  // namespace snug
