// Every operator in double precision with textbook loops on logical (channel, row, column) maps: what the contract
// tests hold the kernels against. Shares no code with them.
#pragma once

#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "base/layout.h"
#include "kernels/snug.h"

namespace snug {

/// A feature map without a layout, row-major.
struct LogicalMap {
  MapShape shape;
  std::vector<double> values;

  explicit LogicalMap(const MapShape& map_shape, double value = 0)
      : shape(map_shape), values(static_cast<size_t>(map_shape.floats()), value) {}
  double& at(int64_t c, int64_t y, int64_t x) { return values[index(c, y, x)]; }
  double at(int64_t c, int64_t y, int64_t x) const { return values[index(c, y, x)]; }
  size_t index(int64_t c, int64_t y, int64_t x) const {
    return static_cast<size_t>((c * shape.height + y) * shape.width + x);
  }
};

/// What a layer reads. `other` is the residual or the second operand, null where there is none; weights (OIHW) and
/// bias belong to conv.
struct ReferenceInputs {
  const LogicalMap& input;
  const LogicalMap* other = nullptr;
  std::span<const float> weights, bias;
};

/// The output. Errors are judged relative to `scale`, the largest finite magnitude in the output, before its
/// activation.
struct ReferenceOutput {
  LogicalMap map;
  double scale = 0;
  /// Other channels must be left alone: a concat writes those of one input.
  int64_t first_channel = 0, end_channel = std::numeric_limits<int64_t>::max();
};

/// Evaluates a layer of the operator in room `operator_name`; an unknown one is a bug.
ReferenceOutput evaluate_reference(std::string_view operator_name, const snug_layer& layer,
                                   const ReferenceInputs& inputs);

}  // namespace snug
