// Data layouts of feature maps, as values: how channel, row and column become an offset.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>

namespace snug {

/// Channels, height and width of one image's feature map. A vector of n values is {n, 1, 1}.
struct MapShape {
  int64_t channels = 1, height = 1, width = 1;
  bool operator==(const MapShape&) const = default;
  int64_t floats() const { return channels * height * width; }
};

/// Distances in elements: between channel blocks (`plane`), rows and pixels. A channel inside its block is
/// always 1 away from its neighbour.
struct Strides {
  int64_t plane = 0, row = 0, pixel = 0;
  bool operator==(const Strides&) const = default;
};

/// A data layout. `block` channels lie together at every pixel: 1 in planar layouts, 16 in c16; 0 says all.
struct Layout {
  std::string_view name;
  int block = 1;
  bool rows_before_channels = false;  ///< hcw: the planes are interleaved row by row
  bool operator==(const Layout& other) const { return name == other.name; }
};

inline constexpr Layout kChw{"chw", 1};
inline constexpr Layout kHwc{"hwc", 0};
inline constexpr Layout kHcw{"hcw", 1, true};
inline constexpr Layout kC4{"c4", 4};
inline constexpr Layout kC8{"c8", 8};
inline constexpr Layout kC16{"c16", 16};

/// Every layout; an index into this array stands for a layout in cost tables.
inline constexpr std::array<Layout, 6> kLayouts{kChw, kHwc, kC16, kC8, kC4, kHcw};
inline constexpr int kLayoutCount = static_cast<int>(kLayouts.size());

/// Some of kLayouts, by index.
using LayoutSet = std::bitset<kLayouts.size()>;
/// What selection considers unless it is told otherwise: chw, hwc, c16.
inline constexpr LayoutSet kUsualLayouts{0b000111};

/// Index into kLayouts.
int layout_index(const Layout& layout);

/// The first layout that stores a map of this shape byte for byte alike: planar and interleaved maps of one channel, or
/// of one pixel, are the same.
int canonical_layout(int layout, const MapShape& shape);

/// Channels as stored: rounded up to whole blocks.
int64_t padded_channels(const Layout& layout, int64_t channels);

/// Elements of a map stored densely in this layout, padding channels included.
int64_t stored_floats(const Layout& layout, const MapShape& shape);

/// Strides of a map stored densely.
Strides dense_strides(const Layout& layout, const MapShape& shape);

/// Offset in elements of (channel c, row y, column x).
int64_t offset(const Layout& layout, const Strides& strides, int64_t c, int64_t y, int64_t x);

}  // namespace snug
