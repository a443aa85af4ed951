// Descriptors of convolution primitives that are alike but for the layouts of their maps.
#pragma once

#include "ops/conv/packing.h"

namespace snug {

/// What kernels/conv_layouts.h computes: from any layout to any other.
template <const Layout& input, const Layout& output>
struct ConvBetween {
  static constexpr bool kBlocks = input.block > 1;
  static constexpr TapOrder kOrder = kBlocks ? TapOrder::kBlockRowColumnChannel : TapOrder::kRowColumnChannel;
  static constexpr int kBlock = kBlocks ? input.block : 16;
  static constexpr bool kStaged = output.block != 0 && output.block != 16;  ///< sums pass through a workspace

  static std::string_view refusal(const snug_layer& layer) { return refuse_unless_blocks(layer, input, output); }
  /// Where there is a pointwise primitive that computes the same.
  static std::string_view refusal_of_pointwise(const snug_layer& layer) {
    return refuse_unless_pointwise(layer).empty() ? "1x1 without padding and groups: the pointwise primitive's"
                                                  : refusal(layer);
  }
  static Work work(const snug_layer& layer) {
    return direct_work(layer, input, output, panel_bytes<kOrder, kBlock>(layer),
                       kStaged ? layout_workspace_bytes(layer) : 0);
  }

  static constexpr Primitive primitive(std::string_view name) {
    return {.name = name,
            .family = kBlocks ? "blocked direct" : "implicit gemm",
            .input = input,
            .output = output,
            .source = source(),
            .in_place = true,
            .refusal = refusal,
            .workspace_bytes = kStaged ? layout_workspace_bytes : nullptr,
            .workspace = kStaged ? kLayoutWorkspace : "none",
            .pack = pack_panels<kOrder, kBlock>,
            .pack_bytes = panel_bytes<kOrder, kBlock>,
            .work = work};
  }

 private:
  static constexpr std::string_view source() {
    if (kBlocks && input.block == output.block) {
      return "Georganas et al., Anatomy of High-Performance Deep Learning Convolutions, 2018";
    }
    if (kBlocks) {
      return "Georganas et al., Anatomy of High-Performance Deep Learning Convolutions, 2018; stored in another layout";
    }
    if (input.block == output.block) {
      return "Chetlur et al., cuDNN, 2014, section 3: the matrix of im2row without storing it";
    }
    return "Chetlur et al., cuDNN, 2014, section 3: the matrix of im2row without storing it; stored in another layout";
  }
};

template <const Layout& input, const Layout& output>
constexpr Primitive conv_between(std::string_view name) {
  return ConvBetween<input, output>::primitive(name);
}

/// A layout that has a pointwise primitive, too: that one takes the 1x1 layers.
template <const Layout& layout>
constexpr Primitive conv_beside_pointwise(std::string_view name) {
  Primitive primitive = ConvBetween<layout, layout>::primitive(name);
  primitive.refusal = ConvBetween<layout, layout>::refusal_of_pointwise;
  return primitive;
}

template <const Layout& layout>
constexpr Primitive pointwise_in(std::string_view name) {
  Primitive primitive = ConvBetween<layout, layout>::primitive(name);
  primitive.family = "pointwise";
  primitive.source = "a 1x1 convolution is a matrix product";
  primitive.classic = layout.block == 1;
  primitive.refusal = refuse_unless_pointwise;
  return primitive;
}

/// Channels that lie together: kernels/depthwise.h.
template <const Layout& layout>
constexpr Primitive depthwise_in(std::string_view name) {
  return {.name = name,
          .family = "depthwise",
          .input = layout,
          .output = layout,
          .source = "Howard et al., MobileNets, 2017",
          .in_place = true,
          .refusal = refuse_unless_depthwise,
          .pack = pack_depthwise,
          .pack_bytes = depthwise_bytes,
          .work = [](const snug_layer& layer) { return direct_work(layer, layout, layout, depthwise_bytes(layer)); },
          .splitting = {.rows = 1, .channels = 16}};
}

/// Planes: kernels/depthwise_planar.h.
template <const Layout& layout>
constexpr Primitive depthwise_planar_in(std::string_view name) {
  Primitive primitive = depthwise_in<layout>(name);
  primitive.refusal = refuse_unless_planar_depthwise;
  primitive.pack = pack_plain;
  primitive.pack_bytes = plain_bytes;
  primitive.work = [](const snug_layer& layer) { return direct_work(layer, layout, layout, plain_bytes(layer)); };
  return primitive;
}

}  // namespace snug
