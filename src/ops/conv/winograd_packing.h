// What the descriptors of the 2-D Winograd primitives share: transformed weights, workspace, knob, work.
#pragma once

#include <initializer_list>

#include "kernels/winograd_plan.h"
#include "ops/primitive.h"

namespace snug {

/// Which groups of 16 channels a Winograd kernel finds together in its maps.
enum class WinogradMaps {
  kBlocks,       ///< c16: all
  kInterleaved,  ///< HWC: all but a last one that is not whole
  kPlanar        ///< CHW: none; they are gathered and scattered
};

/// F(height x width, kernel x kernel): the largest tile, and the kernel.
struct WinogradTile {
  int32_t height, width, kernel;
};

std::string_view refuse_unless_winograd(const snug_layer& layer, const WinogradTile& tile);
/// About so many tiles in a block each, as far as there are.
std::vector<int32_t> winograd_blocks(const snug_layer& layer, const WinogradTile& tile,
                                     std::initializer_list<int32_t> tiles = {2, 5, 10, 20, 40});
int64_t winograd_workspace_bytes(const snug_layer& layer, const WinogradTile& tile, WinogradMaps maps);

/// G g G^T for every pair of channels: blocks of at most SNUG_WINOGRAD_PANELS panels of 16 output channels, in them
/// [point][panel][input channel][16], as they are read.
std::vector<std::byte> winograd_pack(const snug_layer& layer, std::span<const float> weights, const WinogradTile& tile);
int64_t winograd_pack_bytes(const snug_layer& layer, const WinogradTile& tile);
Work winograd_work(const snug_layer& layer, const WinogradTile& tile);

/// The same for products by tiles of bytes: kernels/winograd_int8x3.h. On channel blocks.
std::string_view refuse_unless_winograd_int8x3(const snug_layer& layer, const WinogradTile& tile);
int64_t winograd_int8x3_workspace_bytes(const snug_layer& layer, const WinogradTile& tile);
std::vector<std::byte> winograd_int8x3_pack(const snug_layer& layer, std::span<const float> weights,
                                            const WinogradTile& tile);
int64_t winograd_int8x3_pack_bytes(const snug_layer& layer, const WinogradTile& tile);

inline constexpr std::string_view kWinogradWorkspace =
    "16 P (G (T | 1) + (2 T | 1)) floats for T tiles a block, P points of the largest tile, G groups of 16 input "
    "channels (x | 1: made odd)";
inline constexpr std::string_view kWinogradStagedWorkspace =
    "16 P (G (T | 1) + (2 T | 1)) floats for T tiles a block, P points of the largest tile, G groups of 16 input "
    "channels (x | 1: made odd); and 16 floats per input pixel of a block, unless all groups of 16 channels lie "
    "together";
inline constexpr std::string_view kWinogradSource =
    "Winograd, Arithmetic Complexity of Computations, 1980; Lavin and Gray, Fast Algorithms for Convolutional Neural "
    "Networks, arXiv 1509.09308";

/// The same as the functions that a descriptor has, and the descriptor of the primitive `name`.
template <int32_t height, int32_t width, int32_t kernel, WinogradMaps maps>
struct Winograd {
  static constexpr WinogradTile kTile{height, width, kernel};
  static std::string_view refusal(const snug_layer& layer) { return refuse_unless_winograd(layer, kTile); }
  static std::vector<int32_t> blocks(const snug_layer& layer) { return winograd_blocks(layer, kTile); }
  static int64_t workspace_bytes(const snug_layer& layer) { return winograd_workspace_bytes(layer, kTile, maps); }
  static std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
    return winograd_pack(layer, weights, kTile);
  }
  static int64_t pack_bytes(const snug_layer& layer) { return winograd_pack_bytes(layer, kTile); }
  static Work work(const snug_layer& layer) { return winograd_work(layer, kTile); }

  static constexpr Primitive primitive(std::string_view name) {
    constexpr Layout kLayout = maps == WinogradMaps::kBlocks ? kC16 : maps == WinogradMaps::kPlanar ? kChw : kHwc;
    return {
        .name = name,
        .family = "winograd",
        .input = kLayout,
        .output = kLayout,
        .source = kWinogradSource,
        .classic = maps != WinogradMaps::kBlocks && height <= 4,  // the paper's library has 2x2, 3x3 and 4x4
        .in_place = true,
        .refusal = refusal,
        .blocks = blocks,
        .workspace_bytes = workspace_bytes,
        .workspace = maps == WinogradMaps::kBlocks ? kWinogradWorkspace : kWinogradStagedWorkspace,
        .pack = pack,
        .pack_bytes = pack_bytes,
        .work = work,
        .splitting = {.rows = height, .channels = 32},
    };
  }
};

/// As Winograd, by tiles of bytes on channel blocks.
template <int32_t height, int32_t width, int32_t kernel>
struct WinogradInt8x3 : Winograd<height, width, kernel, WinogradMaps::kBlocks> {
  using Base = Winograd<height, width, kernel, WinogradMaps::kBlocks>;
  static std::string_view refusal(const snug_layer& layer) { return refuse_unless_winograd_int8x3(layer, Base::kTile); }
  static std::vector<int32_t> blocks(const snug_layer& layer) {
    return winograd_blocks(layer, Base::kTile, {14, 28, 56});
  }
  static int64_t workspace_bytes(const snug_layer& layer) {
    return winograd_int8x3_workspace_bytes(layer, Base::kTile);
  }
  static std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
    return winograd_int8x3_pack(layer, weights, Base::kTile);
  }
  static int64_t pack_bytes(const snug_layer& layer) { return winograd_int8x3_pack_bytes(layer, Base::kTile); }

  static constexpr Primitive primitive(std::string_view name) {
    Primitive primitive = Base::primitive(name);
    primitive.family = "winograd int8x3";
    primitive.classic = false;
    primitive.refusal = refusal;
    primitive.blocks = blocks;
    primitive.workspace_bytes = workspace_bytes;
    primitive.workspace =
        "for T tiles a block, P points of the largest tile, G groups of 16 input channels: 3 P G 16 (T | 1) bytes, T "
        "made even in blocks of up to 32 and G a multiple of four; 64 P ((2 T | 1) + min(G, 4) (T | 1)); 6400";
    primitive.pack = pack;
    primitive.pack_bytes = pack_bytes;
    return primitive;
  }
};

}  // namespace snug
