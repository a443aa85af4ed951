// Weights of 24 bits: read back by the format's description, and what cannot be stored.
#include "ops/conv/packing_24bit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace snug {
namespace {

snug_layer fully_connected(int inputs, int outputs) {
  return parse_layer("ic" + std::to_string(inputs) + "ih1iw1oc" + std::to_string(outputs) + "oh1ow1kh1kw1g1");
}

template <typename T>
T read(const std::vector<std::byte>& packed, size_t at) {
  T value{};
  std::memcpy(&value, packed.data() + at, sizeof(value));
  return value;
}

/// The weight of a step as the kernel sees it, worked out from the format's description alone.
double unpacked(const std::vector<std::byte>& packed, int inputs, int output, int step) {
  const int fours = (inputs + 3) / 4, stretches = (inputs + 63) / 64;
  const size_t panel = static_cast<size_t>(output / 16) * static_cast<size_t>(fours * 192 + stretches * 64);
  const size_t stretch = panel + static_cast<size_t>(step / 64) * (64 + 16 * 192);
  const size_t four = stretch + 64 + static_cast<size_t>(step % 64 / 4) * 192;
  const size_t place = static_cast<size_t>(step % 4 * 16 + output % 16);
  const double scale = read<float>(packed, stretch + static_cast<size_t>(output % 16) * 4);
  return scale * (65536.0 * read<int8_t>(packed, four + 128 + place) + read<uint16_t>(packed, four + 2 * place));
}

std::vector<float> varied_weights(int inputs, int outputs) {
  std::vector<float> weights(static_cast<size_t>(inputs * outputs));
  for (size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<float>(std::sin(0.7 * static_cast<double>(i)) * std::exp2(-static_cast<double>(i % 11)));
  return weights;
}

TEST(Packing24Bit, EveryWeightIsWithinHalfTheLastBitOfTheLargestOfItsStretch) {
  for (const int inputs : {1, 3, 64, 65, 200}) {
    constexpr int kOutputs = 21;
    const snug_layer layer = fully_connected(inputs, kOutputs);
    const std::vector<float> weights = varied_weights(inputs, kOutputs);
    const std::vector<std::byte> packed = pack_24bit_panels(layer, weights, TapOrder::kChannelRowColumn);
    ASSERT_EQ(static_cast<int64_t>(packed.size()), panel_24bit_bytes(layer, TapOrder::kChannelRowColumn));
    for (int output = 0; output < kOutputs; ++output) {
      for (int step = 0; step < inputs; ++step) {
        const float* const stretch = &weights[static_cast<size_t>(output * inputs + step / 64 * 64)];
        double largest = 0;
        for (int i = 0; i < std::min(64, inputs - step / 64 * 64); ++i)
          largest = std::max<double>(largest, std::fabs(stretch[i]));
        EXPECT_NEAR(unpacked(packed, inputs, output, step), weights[static_cast<size_t>(output * inputs + step)],
                    largest * 1.6 * std::exp2(-24))
            << inputs << " inputs, output " << output << ", step " << step;
      }
    }
  }
}

TEST(Packing24Bit, StepsAndOutputsThatFillUpAreZero) {
  const std::vector<std::byte> packed =
      pack_24bit_panels(fully_connected(5, 3), varied_weights(5, 3), TapOrder::kChannelRowColumn);
  for (int step = 0; step < 8; ++step) {
    for (int output = 0; output < 16; ++output) {
      if (step >= 5 || output >= 3) {
        EXPECT_EQ(unpacked(packed, 5, output, step), 0);
      }
    }
  }
}

/// kernels/gemv_24bit_plan.h: so that panels that are read side by side lie at different places of their pages.
TEST(Packing24Bit, LargePanelsAreHalfAPageApart) {
  constexpr int kInputs = 4096, kOutputs = 17;
  const snug_layer layer = fully_connected(kInputs, kOutputs);
  const std::vector<float> weights = varied_weights(kInputs, kOutputs);
  const std::vector<std::byte> packed = pack_24bit_panels(layer, weights, TapOrder::kChannelRowColumn);
  constexpr size_t kPanel = kInputs / 4 * 192 + kInputs / 64 * 64 + 2048;
  ASSERT_EQ(packed.size(), 2 * kPanel);
  const std::vector<std::byte> second(packed.begin() + kPanel, packed.end());
  EXPECT_NEAR(unpacked(second, kInputs, 0, 4095), weights[16 * kInputs + 4095], 1e-7);
}

TEST(Packing24Bit, WeightsOfZeroAreZero) {
  const std::vector<std::byte> packed =
      pack_24bit_panels(fully_connected(70, 1), std::vector<float>(70), TapOrder::kChannelRowColumn);
  for (int step = 0; step < 70; ++step) EXPECT_EQ(unpacked(packed, 70, 0, step), 0);
}

TEST(Packing24Bit, ALargeWeightTakesPrecisionFromItsStretchAlone) {
  std::vector<float> weights(128, 1e-3F);
  weights[0] = 1e6F;
  const std::vector<std::byte> packed =
      pack_24bit_panels(fully_connected(128, 1), weights, TapOrder::kChannelRowColumn);
  EXPECT_NEAR(unpacked(packed, 128, 0, 0), 1e6, 0.1);
  EXPECT_NEAR(unpacked(packed, 128, 0, 64), 1e-3, 1e-10);
}

TEST(Packing24Bit, AWeightThatIsNotFiniteShows) {
  for (const float bad : {HUGE_VALF, -HUGE_VALF, std::nanf("")}) {
    std::vector<float> weights(70, 0.5F);
    weights[66] = bad;
    const std::vector<std::byte> packed =
        pack_24bit_panels(fully_connected(70, 1), weights, TapOrder::kChannelRowColumn);
    EXPECT_FALSE(std::isfinite(unpacked(packed, 70, 0, 66)));
    EXPECT_NEAR(unpacked(packed, 70, 0, 0), 0.5, 1e-6);
  }
}

}  // namespace
}  // namespace snug
