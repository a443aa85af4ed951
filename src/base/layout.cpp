#include "base/layout.h"

#include <algorithm>

#include "base/error.h"

namespace snug {

int layout_index(const Layout& layout) {
  const auto found = std::find(kLayouts.begin(), kLayouts.end(), layout);
  CHECK(found != kLayouts.end(), std::string(layout.name));
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
