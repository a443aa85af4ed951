// SplitMix64 and Box-Muller from IEEE basic operations alone. A fused multiply-add would round differently
// where the machine has one, so contraction is off.
#include "zoo/random.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "base/error.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

namespace snug {
namespace {

constexpr uint64_t kGoldenGamma = 0x9e3779b97f4a7c15U;
constexpr double kTwoToMinus32 = 1.0 / 4294967296.0;

uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// ln(x) for normal positive x, to about 1e-11: the series of atanh on [1/sqrt(2), sqrt(2)).
double natural_log(double x) {
  constexpr uint64_t kMantissaMask = (uint64_t{1} << 52) - 1;
  // Adding the distance from 1/sqrt(2) to 1 carries into the exponent exactly when the mantissa is above
  // sqrt(2).
  constexpr uint64_t kSqrtHalfBits = 0x3fe6a09e667f3bcdU;
  constexpr uint64_t kOneBits = 0x3ff0000000000000U;
  const uint64_t shifted = std::bit_cast<uint64_t>(x) + (kOneBits - kSqrtHalfBits);
  const auto exponent = static_cast<double>(static_cast<int32_t>(shifted >> 52) - 1023);
  const double mantissa = std::bit_cast<double>((shifted & kMantissaMask) + kSqrtHalfBits);
  const double s = (mantissa - 1.0) / (mantissa + 1.0);
  const double t = s * s;
  const double series =
      1.0 + t * (1.0 / 3 + t * (1.0 / 5 + t * (1.0 / 7 + t * (1.0 / 9 + t * (1.0 / 11 + t * (1.0 / 13))))));
  return exponent * 0.69314718055994530942 + 2.0 * s * series;
}

/// Two independent standard normal values from 64 random bits.
std::array<double, 2> normal_pair(uint64_t bits) {
  const double uniform = (static_cast<double>(static_cast<uint32_t>(bits >> 32)) + 0.5) * kTwoToMinus32;
  const double radius = std::sqrt(-2.0 * natural_log(uniform));
  // The angle: two bits choose the quadrant, thirty the position inside it, from -pi/4 to pi/4.
  constexpr double kHalfPi = 1.57079632679489661923;
  const double position = (static_cast<double>(static_cast<uint32_t>(bits & 0x3fffffffU)) + 0.5) * 4.0 * kTwoToMinus32;
  const double a = (position - 0.5) * kHalfPi;
  const double t = a * a;
  const double sine = a * (1.0 - t / 6 * (1.0 - t / 20 * (1.0 - t / 42 * (1.0 - t / 72 * (1.0 - t / 110)))));
  const double cosine = 1.0 - t / 2 * (1.0 - t / 12 * (1.0 - t / 30 * (1.0 - t / 56 * (1.0 - t / 90))));
  const bool swap = (bits & 0x40000000U) != 0;
  const double sign = (bits & 0x80000000U) != 0 ? -radius : radius;
  return {sign * (swap ? -sine : cosine), sign * (swap ? cosine : sine)};
}

void store_little_endian(char* destination, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  for (int i = 0; i < 4; ++i) destination[i] = static_cast<char>(static_cast<unsigned char>(bits >> (8 * i)));
}

}  // namespace

uint64_t random_stream(uint64_t seed, std::string_view name) {
  uint64_t hash = mix(seed + kGoldenGamma);
  for (const char c : name) hash = mix((hash ^ static_cast<unsigned char>(c)) + kGoldenGamma);
  return hash;
}

void fill_normal(std::span<char> little_endian_floats, uint64_t stream, double mean, double standard_deviation) {
  CHECK(little_endian_floats.size() % 4 == 0);
  const size_t count = little_endian_floats.size() / 4;
  uint64_t state = stream;
  for (size_t i = 0; i < count; i += 2) {
    state += kGoldenGamma;
    const std::array<double, 2> pair = normal_pair(mix(state));
    const size_t values = count - i < 2 ? 1 : 2;
    for (size_t j = 0; j < values; ++j) {
      store_little_endian(little_endian_floats.data() + 4 * (i + j),
                          static_cast<float>(mean + standard_deviation * pair[j]));
    }
  }
}

}  // namespace snug
