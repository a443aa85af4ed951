#include "cost/calibration.h"

#include <gtest/gtest.h>

#include "graph/layer.h"

namespace snug {
namespace {

template <int bytes>
int64_t constant(const snug_layer&) {
  return bytes;
}
Work million(const snug_layer& layer) {
  return {.multiply_adds = 1e6 * layer.in_channels, .bytes_moved = 0};
}

template <int Workspace, int Weights>
Primitive conv(std::string_view name, const Layout& layout = kChw) {
  return {.name = name,
          .family = "im2row",
          .input = layout,
          .output = layout,
          .workspace_bytes = constant<Workspace>,
          .pack_bytes = constant<Weights>,
          .work = million};
}

/// 16 KiB of maps, so that 512 bytes of memory decide nothing; conversions of both take 8 ms.
Measurement on_layer(const Primitive& primitive, int channels = 8, const std::string& operator_name = "conv") {
  return {.primitive = &primitive,
          .operator_name = operator_name,
          .layer = parse_layer("ic" + std::to_string(channels) + "ih16iw16oc8oh16ow16kh1kw1sy1sx1dy1dx1g1")};
}

const Target kTarget{
    .name = "t", .compiler = "cc", .giga_multiply_adds_per_second = 1, .gigabytes_per_second = 8.192e-3};

class CalibrationTest : public testing::Test {
 protected:
  /// The primitive takes this many times its estimate.
  void learn(const Primitive& primitive, double times, int count = 3) {
    for (int channels = 1; channels <= count; ++channels) {
      const Measurement measurement = on_layer(primitive, channels);
      calibration_.add(measurement, times * estimated_ns(kTarget, measurement));
    }
  }

  double estimate(const Primitive& primitive) const { return estimated_ns(kTarget, on_layer(primitive)); }

  bool is_beaten(const Primitive& slow, const Primitive& fast, double fast_ns,
                 const std::string& operator_name = "conv") const {
    return what_beats(on_layer(slow, 8, operator_name), {{on_layer(fast, 8, operator_name), fast_ns}}, calibration_) !=
           nullptr;
  }

  Calibration calibration_{kTarget};
  const Primitive fast_ = conv<4096, 4096>("fast"), slow_ = conv<4096, 4096>("slow");
};

TEST_F(CalibrationTest, LikelyIsTheMedianOfThePrimitiveThenOfTheFamily) {
  EXPECT_DOUBLE_EQ(calibration_.likely_ns(on_layer(slow_)), estimate(slow_));
  for (const double times : {2.0, 9.0, 3.0}) learn(slow_, times, 1);
  EXPECT_DOUBLE_EQ(calibration_.likely_ns(on_layer(slow_)), 3 * estimate(slow_));
  EXPECT_DOUBLE_EQ(calibration_.likely_ns(on_layer(fast_)), 3 * estimate(fast_));
  Primitive other = conv<0, 0>("other");
  other.family = "another";
  EXPECT_DOUBLE_EQ(calibration_.likely_ns(on_layer(other)), estimate(other));
}

TEST_F(CalibrationTest, AtLeastABitLessThanInTheBestMoment) {
  learn(slow_, 5, 2);
  EXPECT_FALSE(calibration_.least_ns(on_layer(slow_)).has_value());
  learn(slow_, 2, 1);
  const double least = calibration_.least_ns(on_layer(slow_)).value();
  EXPECT_LT(least, 2 * estimate(slow_));
  EXPECT_GT(least, estimate(slow_));
}

TEST_F(CalibrationTest, NothingIsGivenUpThatLittleIsKnownOf) {
  learn(slow_, 1000, 2);
  EXPECT_FALSE(is_beaten(slow_, fast_, 1));
  learn(slow_, 1000, 1);
  EXPECT_TRUE(is_beaten(slow_, fast_, 1));
}

TEST_F(CalibrationTest, TheMarginIsKept) {
  learn(slow_, 10);
  EXPECT_TRUE(is_beaten(slow_, fast_, 4 * estimate(slow_)));
  EXPECT_FALSE(is_beaten(slow_, fast_, 5 * estimate(slow_)));
}

TEST_F(CalibrationTest, WhatNeedsClearlyLessMemoryStays) {
  const Primitive small = conv<4096 - 600, 4096>("small"), light = conv<4096, 4096 - 600>("light"),
                  hardly = conv<4096 - 400, 4096 - 400>("hardly");
  for (const Primitive* primitive : {&small, &light, &hardly}) learn(*primitive, 1000);
  EXPECT_FALSE(is_beaten(small, fast_, 1));
  EXPECT_FALSE(is_beaten(light, fast_, 1));
  EXPECT_TRUE(is_beaten(hardly, fast_, 1));
}

TEST_F(CalibrationTest, InAnotherLayoutConversionsCount) {
  const Primitive hwc = conv<4096, 4096>("hwc", kHwc);
  learn(slow_, 1);
  const double least = calibration_.least_ns(on_layer(slow_)).value();  // 8 million multiply-adds: some 8 ms
  EXPECT_TRUE(is_beaten(slow_, fast_, least / 2));
  EXPECT_FALSE(is_beaten(slow_, hwc, least / 2));
  learn(hwc, 1);
  EXPECT_TRUE(is_beaten(hwc, hwc, least / 2));
}

TEST_F(CalibrationTest, OtherOperatorsAreAlwaysMeasured) {
  learn(slow_, 1000);
  EXPECT_TRUE(is_beaten(slow_, fast_, 1, "conv"));
  EXPECT_FALSE(is_beaten(slow_, fast_, 1, "pool"));
}

}  // namespace
}  // namespace snug
