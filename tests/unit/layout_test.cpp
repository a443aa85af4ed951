// Layouts as values: strides, offsets, and which layouts are the same memory.
#include "base/layout.h"

#include <gtest/gtest.h>

#include <set>

namespace snug {
namespace {

class EveryLayout : public ::testing::TestWithParam<Layout> {};

TEST_P(EveryLayout, GivesEveryElementAPlaceOfItsOwn) {
  const MapShape shape{.channels = 19, .height = 3, .width = 5};
  const Strides strides = dense_strides(GetParam(), shape);
  std::set<int64_t> places;
  for (int64_t c = 0; c < shape.channels; ++c) {
    for (int64_t y = 0; y < shape.height; ++y) {
      for (int64_t x = 0; x < shape.width; ++x) places.insert(offset(GetParam(), strides, c, y, x));
    }
  }
  EXPECT_EQ(static_cast<int64_t>(places.size()), shape.floats());
  EXPECT_EQ(*places.begin(), 0);
  EXPECT_LT(*places.rbegin(), stored_floats(GetParam(), shape));
}

INSTANTIATE_TEST_SUITE_P(All, EveryLayout, ::testing::Values(kChw, kHwc, kHcw, kC4, kC8, kC16),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CanonicalLayout, MergesWhatIsTheSameMemory) {
  const int chw = layout_index(kChw), hwc = layout_index(kHwc), c16 = layout_index(kC16), hcw = layout_index(kHcw);
  EXPECT_EQ(canonical_layout(hwc, {.channels = 3, .height = 2, .width = 2}), hwc);
  EXPECT_EQ(canonical_layout(c16, {.channels = 32, .height = 2, .width = 2}), c16);
  EXPECT_EQ(canonical_layout(hwc, {.channels = 1, .height = 28, .width = 28}), chw);
  EXPECT_EQ(canonical_layout(c16, {.channels = 1, .height = 28, .width = 28}), c16);  // 15 channels of padding
  EXPECT_EQ(canonical_layout(hwc, {.channels = 10, .height = 1, .width = 1}), chw);
  EXPECT_EQ(canonical_layout(c16, {.channels = 64, .height = 1, .width = 1}), chw);
  EXPECT_EQ(canonical_layout(c16, {.channels = 10, .height = 1, .width = 1}), c16);
  EXPECT_EQ(canonical_layout(hcw, {.channels = 10, .height = 1, .width = 1}), chw);
  EXPECT_EQ(canonical_layout(hcw, {.channels = 10, .height = 2, .width = 2}), hcw);
  EXPECT_EQ(canonical_layout(layout_index(kC4), {.channels = 12, .height = 1, .width = 1}), chw);
}

}  // namespace
}  // namespace snug
