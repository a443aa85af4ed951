// Floats as whole numbers of three digits (kernels/int8x3.h) and weights in that format (packing_int8x3.h).
#include "kernels/int8x3.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "ops/conv/packing_int8x3.h"

namespace snug {
namespace {

constexpr int kDepth = SNUG_INT8X3_DEPTH, kDigits = SNUG_INT8X3_DIGITS, kTile = SNUG_INT8X3_TILE_BYTES;
constexpr float kLargest = SNUG_INT8X3_LARGEST;

/// Of 64 channels in blocks of 16, or fewer.
struct Pixel {
  float unit = 0;
  std::array<int8_t, size_t{kDigits} * kDepth> digits{};

  explicit Pixel(const std::vector<float>& channels) {
    std::array<float, kDepth> blocks{};
    blocks.fill(1e30F);  // what fills up the last block does not count
    std::copy(channels.begin(), channels.end(), blocks.begin());
    const auto count = static_cast<int32_t>(channels.size());
    std::array<uint32_t, 16> largest{};
    snug_int8x3_find_largest(blocks.data(), 16, count, largest.data());
    unit = snug_int8x3_unit(largest.data());
    snug_int8x3_split(blocks.data(), 16, count, unit > 0 ? 1 / unit : 0, digits.data(), kDepth);
  }

  std::array<int, kDigits> digits_of(int channel) const {
    const auto place = static_cast<size_t>(int8x3_place(channel));
    return {digits[place], digits[kDepth + place], digits[2 * kDepth + place]};
  }
  int whole(int channel) const {
    const auto [high, middle, low] = digits_of(channel);
    return 65536 * high + 256 * middle + low;
  }
};

std::vector<float> random_floats(std::mt19937& random, int count, float scale) {
  std::normal_distribution<float> normal(0, scale);
  std::vector<float> floats(static_cast<size_t>(count));
  for (float& value : floats) value = normal(random);
  return floats;
}

TEST(Int8x3, AFloatIsWithinAUnitOfItsDigits) {
  std::mt19937 random(1);
  for (const float scale : {1.0F, 1e-20F, 1e25F}) {
    for (const int count : {1, 16, 20, 63, 64}) {
      std::vector<float> channels = random_floats(random, count, scale);
      channels[0] = 10 * scale;  // the largest
      channels[static_cast<size_t>(count) / 2] = -10 * scale;
      const Pixel pixel(channels);
      EXPECT_FLOAT_EQ(pixel.unit, 10 * scale / kLargest);
      for (int c = 0; c < count; ++c) {
        EXPECT_NEAR(double{channels[static_cast<size_t>(c)]} / pixel.unit, pixel.whole(c), 1.001) << c;
      }
      for (int c = (count + 15) / 16 * 16; c < kDepth; ++c) EXPECT_EQ(pixel.whole(c), 0) << "no such block";
    }
  }
}

TEST(Int8x3, WhatIsTooSmallForAUnitIsZero) {
  EXPECT_EQ(Pixel({0.0F, -0.0F, 1e-40F}).whole(2), 0);
  EXPECT_GT(Pixel({0.0F}).unit, 0);
}

TEST(Int8x3, WhatIsNotFiniteMakesTheUnitNotANumber) {
  for (const float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()}) {
    EXPECT_TRUE(std::isnan(Pixel({1.0F, bad, 2.0F}).unit));
  }
  EXPECT_FALSE(std::isnan(Pixel({1.0F, std::numeric_limits<float>::max()}).unit));
}

/// x2 w2 + x2 w1 + x1 w2 + x2 w0 + x1 w1 + x0 w2: what tiles multiply.
TEST(Int8x3, SixProductsMissLittleAndOfEitherSign) {
  std::mt19937 random(2);
  double sum = 0, magnitudes = 0;
  int products = 0;
  for (int round = 0; round < 200; ++round) {
    std::uniform_real_distribution<float> uniform(-1, 1);
    std::vector<float> floats(kDepth);
    for (float& value : floats) value = uniform(random);
    const Pixel pixel(floats);
    for (int c = 0; c + 1 < kDepth; c += 2, ++products) {
      const auto x = pixel.digits_of(c), w = pixel.digits_of(c + 1);
      double product = 0;
      for (size_t i = 0; i < kDigits; ++i) {
        for (size_t j = 0; i + j < kDigits; ++j) product += std::ldexp(x[i] * w[j], 32 - 8 * static_cast<int>(i + j));
      }
      const double error = (product - double(pixel.whole(c)) * pixel.whole(c + 1)) / std::pow(double{kLargest}, 2);
      EXPECT_LT(std::fabs(error), std::exp2(-22));
      sum += error;
      magnitudes += std::fabs(error);
    }
  }
  EXPECT_LT(magnitudes / products, std::exp2(-25));
  EXPECT_LT(std::fabs(sum) / products, std::exp2(-28));
}

/// An input a thousand times as large as the others of its strip takes ten bits from them. But it makes the largest
/// output, to which errors are compared.
TEST(Int8x3, AnOutlierTakesLittlePrecision) {
  constexpr int kTerms = 4608;
  constexpr float kOutlier = 1000;
  std::mt19937 random(5);
  const float largest_weight = 4;
  double worst = 0;
  for (int output = 0; output < 50; ++output) {
    double error = 0;
    for (int step = 0; step < kTerms / (kDepth / 2); ++step) {
      std::vector<float> inputs = random_floats(random, kDepth / 2 + 1, 1),
                         weights = random_floats(random, kDepth / 2 + 1, 1);
      inputs[kDepth / 2] = kOutlier;  // elsewhere in the strip
      weights[kDepth / 2] = largest_weight;
      const Pixel x(inputs), w(weights);
      for (int c = 0; c < kDepth / 2; ++c) {
        const auto a = x.digits_of(c), b = w.digits_of(c);
        double product = 0;
        for (size_t i = 0; i < kDigits; ++i) {
          for (size_t j = 0; i + j < kDigits; ++j) product += std::ldexp(a[i] * b[j], 32 - 8 * static_cast<int>(i + j));
        }
        error += product * x.unit * w.unit - double{inputs[size_t(c)]} * weights[size_t(c)];
      }
    }
    worst = std::max(worst, std::fabs(error));
  }
  EXPECT_LT(worst / (kOutlier * largest_weight), 6e-6);
}

/// One panel's step times two tiles of pixels, against sums of doubles.
TEST(Int8x3, SumsOfAPanelAndTwoTiles) {
  constexpr int kPixels = 13;
  std::mt19937 random(3);
  const std::vector<float> weights = random_floats(random, kDepth * 16, 1);  // [input][output]
  std::vector<float> in_places(weights.size());
  for (int c = 0; c < kDepth; ++c)
    std::copy_n(&weights[size_t(c) * 16], 16, &in_places[static_cast<size_t>(int8x3_place(c)) * 16]);
  const std::vector<std::byte> panel = pack_int8x3_panels(in_places, 1);
  std::array<float, 16> units{};
  std::memcpy(units.data(), panel.data(), sizeof(units));
  std::vector<float> inputs;
  std::vector<float> input_units;
  std::vector<int8_t> digits(size_t{kDigits} * 2 * kPixels * kDepth);
  for (int p = 0; p < 2 * kPixels; ++p) {
    const std::vector<float> channels = random_floats(random, kDepth, 1);
    const Pixel pixel(channels);
    for (int digit = 0; digit < kDigits; ++digit)
      std::copy_n(&pixel.digits[size_t(digit) * kDepth], kDepth, &digits[size_t(digit * 2 * kPixels + p) * kDepth]);
    inputs.insert(inputs.end(), channels.begin(), channels.end());
    input_units.push_back(pixel.unit);
  }
  std::vector<float> sums(SNUG_INT8X3_SUM_BYTES / sizeof(float));
  snug_int8x3_begin(0, sums.data());
  for (int group = 0; group < SNUG_INT8X3_GROUPS; ++group)
    snug_int8x3_group(0, kPixels, group, digits.data(), kDepth, ptrdiff_t{2} * kPixels * kDepth,
                      reinterpret_cast<const int8_t*>(panel.data()) + SNUG_INT8X3_UNIT_BYTES, sums.data());
  snug_int8x3_end(0, sums.data());
  for (int p = 0; p < 2 * kPixels; ++p) {
    for (int lane = 0; lane < 16; lane += SNUG_VL) {
      std::array<float, SNUG_VL> found{};
      const float unit = 65536 * input_units[size_t(p)];
      snug_store(found.data(),
                 snug_int8x3_sum(0, snug_int8x3_sums_of(0, kPixels, sums.data(), p) + lane,
                                 snug_mul(snug_load(&units[size_t(lane)]), snug_set1(unit)), snug_set1(0.5F)));
      for (int i = 0; i < SNUG_VL; ++i) {
        double expected = 0.5;
        for (int c = 0; c < kDepth; ++c)
          expected += double{inputs[size_t(p * kDepth + c)]} * weights[size_t(c * 16 + lane + i)];
        EXPECT_NEAR(double{found[size_t(i)]}, expected, 2e-5);
      }
    }
  }
}

int packed_whole(const std::vector<std::byte>& panel, int input, int output) {
  const size_t at = SNUG_INT8X3_UNIT_BYTES + size_t(input) / 4 * 64 + size_t(output) * 4 + size_t(input) % 4;
  int whole = 0;
  for (size_t digit = 0; digit < kDigits; ++digit)
    whole = whole * 256 + std::bit_cast<int8_t>(panel[at + digit * kTile]);
  return whole;
}

float packed_unit(const std::vector<std::byte>& panel, int output) {
  float unit = 0;
  std::memcpy(&unit, &panel[size_t(output) * sizeof(float)], sizeof(unit));
  return unit;
}

TEST(PackingInt8x3, EveryWeightIsWithinHalfAUnitOfItsOutput) {
  std::mt19937 random(4);
  std::vector<float> weights = random_floats(random, kDepth * 16, 1);
  for (size_t input = 0; input < kDepth; ++input) weights[input * 16 + 3] *= 1e-6F;  // an output of small ones
  for (size_t input = 0; input < kDepth; ++input) weights[input * 16 + 5] = 0;
  const std::vector<std::byte> panel = pack_int8x3_panels(weights, 1);
  ASSERT_EQ(std::ssize(panel), snug_int8x3_panel_bytes(1));
  for (int output = 0; output < 16; ++output) {
    const double unit = packed_unit(panel, output);
    for (int input = 0; input < kDepth; ++input)
      EXPECT_NEAR(packed_whole(panel, input, output) * unit, weights[size_t(input * 16 + output)], 0.501 * unit);
  }
  EXPECT_EQ(packed_unit(panel, 5), 0);
}

TEST(PackingInt8x3, AWeightThatIsNotFiniteShows) {
  std::vector<float> weights(kDepth * 16, 1.0F);
  weights[7] = std::numeric_limits<float>::infinity();
  const std::vector<std::byte> panel = pack_int8x3_panels(weights, 1);
  EXPECT_TRUE(std::isinf(packed_unit(panel, 7)));
  EXPECT_NE(packed_whole(panel, 0, 7), 0);
  EXPECT_TRUE(std::isfinite(packed_unit(panel, 6)));
}

}  // namespace
}  // namespace snug
