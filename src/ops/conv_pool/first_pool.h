// What the descriptors of first layers and the pool behind them, in bands, share.
#pragma once

#include "ops/conv_pool/bands.h"

namespace snug {

/// Of conv with `block` times the pool's stride as its own knob.
template <const Primitive& conv>
int64_t first_pool_workspace_bytes(const snug_layer& layer) {
  const int32_t step = layer.block * layer.pool_stride_y;
  return band_bytes(layer, layer.out_channels) + conv.workspace_bytes(convolution_of(layer, step));
}

/// The descriptor of the primitive `name`; workspace: what conv.workspace_bytes returns, as text.
template <const Primitive& conv>
constexpr Primitive first_pool(std::string_view name, std::string_view family, std::string_view workspace) {
  return {
      .name = name,
      .family = family,
      .input = kChw,
      .output = kC16,
      .source = "layers fused in bands of rows: Alwani et al., Fused-Layer CNN Accelerators, 2016",
      .refusal = refusal_of_conv<conv>,
      .blocks = pooled_rows,
      .workspace_bytes = first_pool_workspace_bytes<conv>,
      .workspace = workspace,
      .pack = pack_conv<conv>,
      .pack_bytes = pack_bytes_of_conv<conv>,
      .work =
          [](const snug_layer& layer) { return conv_pool_work(layer, conv, first_pool_workspace_bytes<conv>(layer)); },
  };
}

}  // namespace snug
