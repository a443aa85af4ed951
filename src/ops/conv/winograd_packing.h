// What the descriptors of the Winograd primitives share: transformed weights, workspace, knob, work.
#pragma once

#include "ops/primitive.h"

namespace snug {

/// Refuses what F(m x m, 3x3) cannot compute.
std::string_view refuse_unless_winograd(const snug_layer& layer);

/// Tiles per block worth trying for m x m outputs a tile.
template <int m>
std::vector<int32_t> winograd_blocks(const snug_layer& layer);

template <int m>
int64_t winograd_workspace_bytes(const snug_layer& layer);

/// G g G^T for every pair of channels, in panels [K/16][(m + 2)^2][C][16].
template <int m>
std::vector<std::byte> winograd_pack(const snug_layer& layer, std::span<const float> weights);

template <int m>
int64_t winograd_pack_bytes(const snug_layer& layer);

template <int m>
Work winograd_work(const snug_layer& layer);

inline constexpr std::string_view kWinogradWorkspace =
    "(m+2)^2 (T (C + 16) + 32) floats for T tiles a block, C rounded up to 16";
inline constexpr std::string_view kWinogradSource =
    "Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, arXiv 1509.09308";

}  // namespace snug
