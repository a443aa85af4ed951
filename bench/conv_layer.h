// One convolution with its data, as a primitive reads it: for the benchmark of primitives.
#pragma once

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/kernel_table.h"
#include "ops/primitive.h"

namespace snug {

/// Zeros at a multiple of 64 bytes, as kernels want their weights and workspace, and on huge pages where they fill
/// some, as the emitted example program has its arena and weights.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(size_t count);
  size_t count() const { return count_; }
  float* data() { return floats_.get(); }
  const float* data() const { return floats_.get(); }

 private:
  struct Free {
    void operator()(float* floats) const { std::free(floats); }
  };
  size_t count_ = 0;
  std::unique_ptr<float, Free> floats_;
};

/// Input (row-major), weights (OIHW) and bias of a layer: seeded numbers in [-1, 1).
struct ConvData {
  snug_layer layer;
  std::vector<float> input, weights, bias;
};
ConvData random_conv_data(const snug_layer& layer);

/// What one call of a kernel reads and writes. The weights may be there several times.
struct PreparedConv {
  snug_layer layer;  ///< with its block and strides
  const snug_kernel* kernel = nullptr;
  AlignedFloats input, weights, bias, residual, output, workspace;
  size_t weight_copies = 1, weight_floats = 0;
  int64_t weight_bytes = 0, workspace_bytes = 0;

  /// Runs the kernel on one of the copies of the weights.
  void run(size_t copy);

  /// Reads the input and that copy of the weights, writes the output and computes nothing.
  void move(size_t copy);

  /// The output at (channel, row, column), as the primitive stores it.
  float at(const Primitive& primitive, int64_t o, int64_t y, int64_t x) const;
};

/// `block`: the tuning knob. The weights are copied until they fill `weight_pool_bytes`.
PreparedConv prepare_conv(const ConvData& data, const Primitive& primitive, int32_t block, size_t weight_pool_bytes);

/// The output (channel, row, column) that somebody computed.
using ComputedOutput = std::function<float(int64_t o, int64_t y, int64_t x)>;

/// The largest difference from textbook sums in double precision at a few hundred of the outputs, over the largest of
/// them. A layer with activation or residual has none.
std::optional<double> sampled_error(const ConvData& data, const ComputedOutput& computed);

}  // namespace snug
