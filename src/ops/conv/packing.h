// Packed weights and sizes that many convolution primitives share.
#pragma once

#include "ops/primitive.h"

namespace snug {

/// In which order a panel of 16 output channels holds its taps.
enum class TapOrder {
  kChannelRowColumn,       ///< channel, kernel row, kernel column: what planar maps read
  kRowColumnChannel,       ///< kernel row, kernel column, channel: what interleaved maps read
  kBlockRowColumnChannel,  ///< block of channels (16, 8 or 4), row, column, channel of the block; padded with zeros
};

/// ONNX weights as [group][output channels / 16][taps][16], padded with zeros.
/// `block`: of input channels, for the last of these orders.
std::vector<std::byte> pack_panels(const snug_layer& layer, std::span<const float> weights, TapOrder order,
                                   int64_t block = 16);
int64_t panel_bytes(const snug_layer& layer, TapOrder order, int64_t block = 16);

/// Taps of a panel, those that fill up its last block included.
int64_t panel_taps(const snug_layer& layer, TapOrder order, int64_t block = 16);

template <TapOrder order, int64_t block = 16>
std::vector<std::byte> pack_panels(const snug_layer& layer, std::span<const float> weights) {
  return pack_panels(layer, weights, order, block);
}
template <TapOrder order, int64_t block = 16>
int64_t panel_bytes(const snug_layer& layer) {
  return panel_bytes(layer, order, block);
}

/// ONNX weights as they are.
std::vector<std::byte> pack_plain(const snug_layer& layer, std::span<const float> weights);
int64_t plain_bytes(const snug_layer& layer);

/// ONNX weights as [output channel][kernel row][kernel column][input channel], not padded; plain_bytes() of them.
std::vector<std::byte> pack_channels_last(const snug_layer& layer, std::span<const float> weights);

/// Depthwise weights as [channels / 16][taps][16], padded with zeros.
std::vector<std::byte> pack_depthwise(const snug_layer& layer, std::span<const float> weights);
int64_t depthwise_bytes(const snug_layer& layer);

int64_t kernel_taps(const snug_layer& layer);         ///< kernel height x width
int64_t output_panels(const snug_layer& layer);       ///< of 16 output channels, of all groups
int64_t channels_per_group(const snug_layer& layer);  ///< input channels
int64_t outputs_per_group(const snug_layer& layer);   ///< output channels

/// Work of a primitive that executes the layer's own multiply-adds, moves its maps and weights once, and
/// writes and reads `workspace_bytes` once.
Work direct_work(const snug_layer& layer, const Layout& input, const Layout& output, int64_t weight_bytes,
                 int64_t workspace_bytes = 0);

/// Why a primitive for groups = channels cannot serve a layer, or empty.
std::string_view refuse_unless_depthwise(const snug_layer& layer);

/// The same for kernels/depthwise_planar.h, onto whose stack the rows that a kernel covers must fit, 64 outputs wide.
std::string_view refuse_unless_planar_depthwise(const snug_layer& layer);

/// Why a primitive that makes a matrix product of every group cannot serve a layer sensibly, or empty.
std::string_view refuse_depthwise(const snug_layer& layer);

/// Why conv_layouts.h cannot serve a layer between these layouts, or empty: groups must consist of whole blocks.
std::string_view refuse_unless_blocks(const snug_layer& layer, const Layout& input, const Layout& output);

/// What conv_layouts.h needs to store an output that is not made of 16 channels side by side.
int64_t layout_workspace_bytes(const snug_layer& layer);
inline constexpr std::string_view kLayoutWorkspace = "128 min(out_height out_width, max(out_width, 224))";

/// Why a primitive for 1x1 kernels without padding and groups cannot serve a layer, or empty.
std::string_view refuse_unless_pointwise(const snug_layer& layer);

/// Why a primitive for kernels that cover the whole input cannot serve a layer, or empty.
std::string_view refuse_unless_fully_connected(const snug_layer& layer);

/// Why a primitive for the few channels of a network's input cannot serve a layer, or empty.
std::string_view refuse_unless_first(const snug_layer& layer);

/// Why a primitive that adds up one 1x1 convolution per tap of the kernel cannot serve a layer, or empty.
std::string_view refuse_unless_sum_of_taps(const snug_layer& layer);

/// Why a primitive that lowers rows of the input, which the rows of the kernel share, cannot serve a layer, or empty.
std::string_view refuse_unless_shared_rows(const snug_layer& layer);

/// Heights of strips of output rows worth trying.
std::vector<int32_t> strip_heights(const snug_layer& layer);

/// Pixels that kernels/pointwise.h takes at once: 0, as many as have an input that stays in the cache, or few.
std::vector<int32_t> pixels_at_once(const snug_layer& layer);

}  // namespace snug
