// What the descriptors of Winograd convolutions and the pool behind them share. Packed weights and knob are those of
// the convolution alone.
#pragma once

#include "ops/conv/winograd_packing.h"
#include "ops/conv_pool/bands.h"

namespace snug {

/// Of the convolution, and what winograd_pool.h adds to it.
int64_t winograd_pool_workspace_bytes(const snug_layer& layer, const Primitive& conv, const WinogradTile& tile);

Work winograd_pool_work(const snug_layer& layer, const Primitive& conv, const WinogradTile& tile);

/// The descriptor of the primitive `name`; conv is Winograd<size, size, kernel, WinogradMaps::kBlocks>.
template <const Primitive& conv, int32_t size, int32_t kernel>
constexpr Primitive winograd_pool(std::string_view name, std::string_view family = "winograd") {
  return {
      .name = name,
      .family = family,
      .input = kC16,
      .output = kC16,
      .source = "as conv_winograd; layers fused in bands of rows: Alwani et al., Fused-Layer CNN Accelerators, 2016",
      .refusal = refusal_of_conv<conv>,
      .blocks = [](const snug_layer& layer) { return conv.blocks(convolution_of(layer)); },
      .workspace_bytes =
          [](const snug_layer& layer) { return winograd_pool_workspace_bytes(layer, conv, {size, size, kernel}); },
      .workspace =
          "that of the convolution alone; and, unless the largest of 2 x 2 values in one tile is taken, 16 floats per "
          "output pixel of a block and for every 16 channels 16 per pixel that is kept for later windows",
      .pack = pack_conv<conv>,
      .pack_bytes = pack_bytes_of_conv<conv>,
      .work = [](const snug_layer& layer) { return winograd_pool_work(layer, conv, {size, size, kernel}); },
      .splitting = {.rows = size, .channels = 32},
  };
}

}  // namespace snug
