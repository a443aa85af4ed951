#include "base/layout.h"

#include <algorithm>

#include "base/error.h"

namespace snug {

int layout_index(const Layout& layout) {
  const auto found = std::find(kLayouts.begin(), kLayouts.end(), layout);
  CHECK(found != kLayouts.end(), std::string(layout.name));
  return static_cast<int>(found - kLayouts.begin());
}

static bool stored_alike(const Layout& a, const Layout& b, const MapShape& shape) {
  if (a == b) return true;
  if (stored_floats(a, shape) != stored_floats(b, shape)) return false;
  return shape.channels == 1 || (shape.height == 1 && shape.width == 1);
}

int canonical_layout(int layout, const MapShape& shape) {
  const Layout& wanted = kLayouts.at(static_cast<size_t>(layout));
  const auto* found = std::find_if(kLayouts.begin(), kLayouts.end(),
                                   [&](const Layout& other) { return stored_alike(other, wanted, shape); });
  return static_cast<int>(found - kLayouts.begin());
}

int64_t padded_channels(const Layout& layout, int64_t channels) {
  return layout.block <= 1 ? channels : (channels + layout.block - 1) / layout.block * layout.block;
}

int64_t stored_floats(const Layout& layout, const MapShape& shape) {
  return padded_channels(layout, shape.channels) * shape.height * shape.width;
}

Strides dense_strides(const Layout& layout, const MapShape& shape) {
  if (layout.block == 0) return {.plane = 0, .row = shape.width * shape.channels, .pixel = shape.channels};
  if (layout.rows_before_channels) return {.plane = shape.width, .row = shape.width * shape.channels, .pixel = 1};
  const int64_t block = layout.block;
  return {.plane = shape.height * shape.width * block, .row = shape.width * block, .pixel = block};
}

int64_t offset(const Layout& layout, const Strides& strides, int64_t c, int64_t y, int64_t x) {
  const int64_t spatial = y * strides.row + x * strides.pixel;
  if (layout.block == 0) return spatial + c;
  return spatial + c / layout.block * strides.plane + c % layout.block;
}

}  // namespace snug
