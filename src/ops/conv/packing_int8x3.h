// Weights as whole numbers of 24 bits in three digits, for tiles of bytes: kernels/int8x3.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace snug {

/// Panels in the format of kernels/int8x3_plan.h. panels: floats, [panel][step][64 inputs][16 outputs]. A weight that
/// is not finite makes its output infinite or NaN.
std::vector<std::byte> pack_int8x3_panels(const std::vector<float>& panels, int64_t steps);

}  // namespace snug
