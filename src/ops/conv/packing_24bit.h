// What the descriptors of fully connected layers with weights of 24 bits share: kernels/gemv_24bit.h.
#pragma once

#include "ops/conv/packing.h"

namespace snug {

/// What is worth 1 where weights, 16 floats apart, become whole numbers up to `largest`. Infinite if a weight is not
/// finite: it makes its output infinite or NaN.
float unit_of_weights(const float* weights, int64_t count, double largest);
int32_t in_units(float weight, float unit, double largest);

/// Panels of 16 outputs in this order of taps (packing.h), in the format of kernels/gemv_24bit.h.
std::vector<std::byte> pack_24bit_panels(const snug_layer& layer, std::span<const float> weights, TapOrder order);
int64_t panel_24bit_bytes(const snug_layer& layer, TapOrder order);
int64_t gemv_24bit_workspace_bytes(const snug_layer& layer, TapOrder order);
Work gemv_24bit_work(const snug_layer& layer, const Layout& layout, TapOrder order);

/// The same as the functions that a descriptor has, and the descriptor of the primitive `name`.
template <TapOrder order>
struct Packed24Bit {
  static constexpr const Layout& kLayout = order == TapOrder::kChannelRowColumn   ? kChw
                                           : order == TapOrder::kRowColumnChannel ? kHwc
                                                                                  : kC16;
  static std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
    return pack_24bit_panels(layer, weights, order);
  }
  static int64_t pack_bytes(const snug_layer& layer) { return panel_24bit_bytes(layer, order); }
  static int64_t workspace_bytes(const snug_layer& layer) { return gemv_24bit_workspace_bytes(layer, order); }
  static Work work(const snug_layer& layer) { return gemv_24bit_work(layer, kLayout, order); }

  static constexpr Primitive primitive(std::string_view name) {
    return {
        .name = name,
        .family = "fully connected",
        .input = kLayout,
        .output = kLayout,
        .source =
            "matrix times vector; weights with a common scale per 64 of an output, as in block floating point "
            "(Wilkinson, Rounding Errors in Algebraic Processes, 1963)",
        .in_place = true,
        .refusal = refuse_unless_fully_connected,
        .workspace_bytes = workspace_bytes,
        .workspace = "4 S for the S steps of a sum, made a multiple of 4",
        .pack = pack,
        .pack_bytes = pack_bytes,
        .work = work,
        .splitting = {.rows = 0, .channels = 32},
    };
  }
};

}  // namespace snug
