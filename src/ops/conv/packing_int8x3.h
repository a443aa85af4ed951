// Weights as whole numbers of 24 bits in three digits, for tiles of bytes: kernels/int8x3.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace snug {

inline constexpr std::string_view kInt8x3Source =
    "Ootomo, Ozaki and Yokota, DGEMM on Integer Matrix Multiplication Unit, arXiv 2306.11975, 2023";

/// Where a channel of a map in blocks of 16 lies: digits of 64 channels are in the order of the lanes of their blocks.
constexpr int64_t int8x3_place(int64_t channel) {
  return channel / 64 * 64 + channel % 16 * 4 + channel % 64 / 16;
}

/// Panels in the format of kernels/int8x3_plan.h. panels: floats, [panel][step][64 inputs][16 outputs]. A weight that
/// is not finite makes its output infinite or NaN.
std::vector<std::byte> pack_int8x3_panels(const std::vector<float>& panels, int64_t steps);

}  // namespace snug
