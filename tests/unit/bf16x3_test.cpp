// Floats as sums of three bfloat16 (kernels/bf16x3.h): nothing is lost, and little in a product of six.
#include "kernels/bf16x3.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <random>

namespace snug {
namespace {

constexpr int kPairs = 16;

/// Of 32 floats, the 16 low ones first: the parts' words, [part][16].
std::array<uint32_t, SNUG_BF16X3_PARTS * kPairs> split(const std::array<float, 2 * kPairs>& floats) {
  std::array<uint32_t, SNUG_BF16X3_PARTS * kPairs> words{};
  snug_bf16x3_split(floats.data(), floats.data() + kPairs, words.data(), kPairs);
  return words;
}

float part_of(uint32_t word, bool high) {
  return std::bit_cast<float>(high ? word & 0xffff0000U : word << 16);
}

std::array<float, 2 * kPairs> random_floats(std::mt19937& random) {
  std::array<float, 2 * kPairs> floats{};
  std::uniform_real_distribution<float> mantissa(-2, 2);
  std::uniform_int_distribution<int> exponent(-90, 90);
  for (float& value : floats) value = std::ldexp(mantissa(random), exponent(random));
  return floats;
}

TEST(Bf16x3, ThreePartsAddUpToTheFloat) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::array<float, 2 * kPairs> floats = random_floats(random);
    floats[0] = 0.0F;
    floats[1] = 3.4028235e38F;
    floats[2] = -1.17549435e-38F;
    const auto words = split(floats);
    for (int pair = 0; pair < kPairs; ++pair) {
      float low = 0, high = 0;
      snug_bf16x3_join(words.data() + pair, kPairs, &low, &high);
      EXPECT_EQ(low, floats[pair]);
      EXPECT_EQ(high, floats[kPairs + pair]);
    }
  }
}

TEST(Bf16x3, WhereThereAreOnly16FloatsTheOthersAreZero) {
  std::mt19937 random(2);
  const std::array<float, 2 * kPairs> floats = random_floats(random);
  std::array<uint32_t, SNUG_BF16X3_PARTS * kPairs> words{};
  snug_bf16x3_split(floats.data(), nullptr, words.data(), kPairs);
  for (int pair = 0; pair < kPairs; ++pair) {
    float low = 0, high = 1;
    snug_bf16x3_join(words.data() + pair, kPairs, &low, &high);
    EXPECT_EQ(low, floats[pair]);
    EXPECT_EQ(high, 0.0F);
  }
}

/// x0 w0 + x0 w1 + x1 w0 + x0 w2 + x1 w1 + x2 w0: what tiles multiply.
TEST(Bf16x3, SixProductsMissLessThanTheirShare) {
  std::mt19937 random(3);
  double sum_of_errors = 0;
  int products = 0;
  for (int round = 0; round < 200; ++round) {
    const std::array<float, 2 * kPairs> floats = random_floats(random);
    const auto words = split(floats);
    for (int pair = 0; pair < kPairs; ++pair, ++products) {
      double product = 0;
      for (int i = 0; i < SNUG_BF16X3_PARTS; ++i) {
        for (int j = 0; i + j < SNUG_BF16X3_PARTS; ++j)
          product += double{part_of(words[i * kPairs + pair], false)} * part_of(words[j * kPairs + pair], true);
      }
      const double exact = double{floats[pair]} * floats[kPairs + pair];
      const double error = std::fabs((product - exact) / exact);
      EXPECT_LT(error, std::exp2(-21));
      sum_of_errors += error;
    }
  }
  EXPECT_LT(sum_of_errors / products, std::exp2(-23));
}

}  // namespace
}  // namespace snug
