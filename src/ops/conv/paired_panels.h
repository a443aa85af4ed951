// How point_products.h reads weights: [output channels / 32][products][2][depth][16], padded with zeros; a last panel
// of 16 without a partner stands alone.
#pragma once

#include "base/text.h"
#include "ops/primitive.h"

namespace snug {

struct PairedPanels {
  int64_t out_channels, products, depth;

  [[nodiscard]] int64_t floats() const { return round_up(out_channels, 16) * products * depth; }

  /// Where the weight of output channel k lies in row `row` of a product.
  [[nodiscard]] size_t index(int64_t k, int64_t product, int64_t row) const {
    const int64_t pair = k / 32, panels = pair * 32 + 16 < out_channels ? 2 : 1;
    const int64_t panel = pair * 2 * products + product * panels + k % 32 / 16;
    return static_cast<size_t>((panel * depth + row) * 16 + k % 16);
  }
};

}  // namespace snug
