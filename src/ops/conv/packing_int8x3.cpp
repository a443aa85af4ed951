#include "ops/conv/packing_int8x3.h"

#include <cstring>

#include "kernels/int8x3_plan.h"
#include "ops/conv/packing_24bit.h"

namespace snug {

namespace {

constexpr int64_t kDepth = SNUG_INT8X3_DEPTH, kLanes = 16;
constexpr double kLargest = SNUG_INT8X3_LARGEST;

/// One output's weights, kLanes floats apart. lane: of the output; panel: where it begins.
void pack_output(const float* weights, int64_t inputs, int64_t lane, std::byte* panel) {
  const float unit = unit_of_weights(weights, inputs, kLargest);
  std::memcpy(panel + lane * int64_t{sizeof(float)}, &unit, sizeof(unit));
  for (int64_t i = 0; i < inputs; ++i) {
    const int32_t whole = in_units(weights[i * kLanes], unit, kLargest);
    std::byte* const step = panel + SNUG_INT8X3_UNIT_BYTES + i / kDepth * SNUG_INT8X3_STEP_BYTES;
    std::byte* const byte = step + i % kDepth / 4 * 64 + lane * 4 + i % 4;
    for (int64_t place = 0; place < SNUG_INT8X3_DIGITS; ++place) {
      const auto digit = static_cast<uint8_t>((static_cast<uint32_t>(whole + 0x808080) >> 8 * place) - 128);
      byte[(SNUG_INT8X3_DIGITS - 1 - place) * SNUG_INT8X3_TILE_BYTES] = std::byte{digit};
    }
  }
}

}  // namespace

std::vector<std::byte> pack_int8x3_panels(const std::vector<float>& panels, int64_t steps) {
  const int64_t inputs = steps * kDepth, outputs = static_cast<int64_t>(panels.size()) / inputs,
                panel_bytes = snug_int8x3_panel_bytes(static_cast<int32_t>(steps));
  std::vector<std::byte> packed(static_cast<size_t>(outputs / kLanes * panel_bytes));
  for (int64_t output = 0; output < outputs; ++output) {
    pack_output(panels.data() + output / kLanes * inputs * kLanes + output % kLanes, inputs, output % kLanes,
                packed.data() + output / kLanes * panel_bytes);
  }
  return packed;
}

}  // namespace snug
