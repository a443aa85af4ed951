// What the descriptors of the polyphase Winograd primitives share: transformed weights, workspace, knob, work.
#pragma once

#include "ops/primitive.h"

namespace snug {

/// Refuses all but 3x3 kernels of stride 2.
std::string_view refuse_unless_polyphase(const snug_layer& layer);

/// Tiles per block worth trying for m x m outputs a tile.
template <int m>
std::vector<int32_t> polyphase_blocks(const snug_layer& layer);

template <int m>
int64_t polyphase_workspace_bytes(const snug_layer& layer);

/// G g G^T for every pair of channels, (m + 2)^2 products of depth C; G's last row is the odd phase's tap.
template <int m>
std::vector<std::byte> polyphase_pack(const snug_layer& layer, std::span<const float> weights);

template <int m>
int64_t polyphase_pack_bytes(const snug_layer& layer);

template <int m>
Work polyphase_work(const snug_layer& layer);

/// The descriptor of the primitive `name`, m x m outputs a tile.
template <int m>
constexpr Primitive polyphase(std::string_view name) {
  return {
      .name = name,
      .family = "polyphase winograd",
      .input = kC16,
      .output = kC16,
      .source = "Yepez and Ko, Stride 2 1-D, 2-D, and 3-D Winograd for Convolutional Neural Networks, 2020",
      .in_place = true,
      .refusal = refuse_unless_polyphase,
      .blocks = polyphase_blocks<m>,
      .workspace_bytes = polyphase_workspace_bytes<m>,
      .workspace = "(2m+1)^2 T (C + 33) + 48 (m+2)^2 floats for T tiles a block, C rounded up to 16",
      .pack = polyphase_pack<m>,
      .pack_bytes = polyphase_pack_bytes<m>,
      .work = polyphase_work<m>,
      .splitting = {.rows = m, .channels = 32},
  };
}

}  // namespace snug
