#include "ops/conv/packing_24bit.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/text.h"
#include "kernels/gemv_24bit_plan.h"

namespace snug {

namespace {

constexpr int64_t kLanes = 16, kFour = 4;
constexpr int64_t kStretchBytes = SNUG_24BIT_SCALE_BYTES + SNUG_24BIT_STRETCH / kFour * SNUG_24BIT_FOUR_BYTES;
constexpr double kLargest = (1 << 23) - 1;

/// One output's weights of a stretch, kLanes floats apart. to: where the stretch begins.
void pack_stretch(const float* weights, int64_t steps, int64_t lane, std::byte* to) {
  const float scale = unit_of_weights(weights, steps, kLargest);
  std::memcpy(to + lane * int64_t{sizeof(float)}, &scale, sizeof(scale));
  to += SNUG_24BIT_SCALE_BYTES;
  for (int64_t step = 0; step < steps; ++step) {
    const int32_t value = in_units(weights[step * kLanes], scale, kLargest);
    const auto low = static_cast<uint16_t>(value & 0xffff);
    const auto high = static_cast<int8_t>(value >> 16);
    std::byte* const four = to + step / kFour * SNUG_24BIT_FOUR_BYTES;
    const int64_t place = step % kFour * kLanes + lane;
    std::memcpy(four + place * int64_t{sizeof(low)}, &low, sizeof(low));
    std::memcpy(four + kFour * kLanes * int64_t{sizeof(low)} + place, &high, sizeof(high));
  }
}

}  // namespace

float unit_of_weights(const float* weights, int64_t count, double largest) {
  double found = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double magnitude = std::fabs(weights[i * kLanes]);
    if (!std::isfinite(magnitude)) return HUGE_VALF;
    found = std::max(found, magnitude);
  }
  return static_cast<float>(found / largest);
}

int32_t in_units(float weight, float unit, double largest) {
  if (std::isinf(unit)) return 1;
  const double quotient = unit > 0 ? weight / double{unit} : 0;
  return static_cast<int32_t>(std::lrint(std::clamp(quotient, -largest, largest)));
}

std::vector<std::byte> pack_24bit_panels(const snug_layer& layer, std::span<const float> weights, TapOrder order) {
  const std::vector<float> panels = to_floats(pack_panels(layer, weights, order));
  const int64_t steps = panel_taps(layer, order), panel_floats = steps * kLanes,
                panel_bytes = snug_24bit_panel_bytes(steps);
  std::vector<std::byte> packed(static_cast<size_t>(panel_24bit_bytes(layer, order)));
  for (int64_t o = 0; o < layer.out_channels; ++o) {
    const float* from = panels.data() + o / kLanes * panel_floats + o % kLanes;
    std::byte* to = packed.data() + o / kLanes * panel_bytes;
    for (int64_t step = 0; step < steps; step += SNUG_24BIT_STRETCH, to += kStretchBytes)
      pack_stretch(from + step * kLanes, std::min<int64_t>(SNUG_24BIT_STRETCH, steps - step), o % kLanes, to);
  }
  return packed;
}

int64_t panel_24bit_bytes(const snug_layer& layer, TapOrder order) {
  return output_panels(layer) * snug_24bit_panel_bytes(panel_taps(layer, order));
}

int64_t gemv_24bit_workspace_bytes(const snug_layer& layer, TapOrder order) {
  return round_up(panel_taps(layer, order), kFour) * int64_t{sizeof(float)};
}

/// To unpack a weight costs as much as to multiply it and add.
Work gemv_24bit_work(const snug_layer& layer, const Layout& layout, TapOrder order) {
  Work work =
      direct_work(layer, layout, layout, panel_24bit_bytes(layer, order), gemv_24bit_workspace_bytes(layer, order));
  work.multiply_adds *= 2;
  return work;
}

}  // namespace snug
