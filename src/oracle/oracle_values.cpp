// Elementwise functions, products with a matrix, and softmax, in double precision.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "ops/binary/binary.h"
#include "ops/gemm/gemm.h"
#include "ops/softmax/softmax.h"
#include "oracle/operands.h"

namespace snug {

/// A NaN as their first argument passes through std::max, std::min and std::clamp.
double activated(double value, const Activation& activation) {
  const double alpha = static_cast<double>(activation.alpha), beta = static_cast<double>(activation.beta);
  switch (activation.kind) {
    case SNUG_NO_ACTIVATION:
      return value;
    case SNUG_RELU:
      return std::max(value, 0.0);
    case SNUG_CLIP:
      return std::min(std::max(value, alpha), beta);
    case SNUG_LEAKY_RELU:
      return value < 0 ? alpha * value : value;
    case SNUG_SIGMOID:
      return 1 / (1 + std::exp(-value));
    case SNUG_HARD_SIGMOID:
      return std::clamp(alpha * value + beta, 0.0, 1.0);
    case SNUG_HARD_SWISH:
      return value * std::clamp(value / 6 + 0.5, 0.0, 1.0);
  }
  CHECK(false, "an unknown activation");
}

Values evaluate_activation(const Operands& operands) {
  Values values = operands.values(0);
  for (double& value : values) value = activated(value, attributes<Activation>(operands.node));
  return values;
}

/// Where in b, of the same rank but with dimensions of 1 wherever it is broadcast, the value for each element of the
/// output lies.
static std::vector<size_t> broadcast_places(const Dims& output, const Dims& b) {
  const std::vector<int64_t> output_strides = row_major_strides(output), strides = row_major_strides(b);
  std::vector<size_t> places(static_cast<size_t>(element_count(output)));
  for (size_t i = 0; i < places.size(); ++i) {
    int64_t place = 0;
    for (size_t d = 0; d < output.size(); ++d) {
      const int64_t index = static_cast<int64_t>(i) / output_strides[d] % output[d];
      if (b[d] != 1) place += index * strides[d];
    }
    places[i] = static_cast<size_t>(place);
  }
  return places;
}

Values evaluate_binary(const Operands& operands) {
  const Binary& binary = attributes<Binary>(operands.node);
  const bool constant = operands.run_time.at(1) == nullptr;
  const Values b = constant ? Values(operands.constant(1).begin(), operands.constant(1).end()) : operands.values(1);
  const std::vector<size_t> places = broadcast_places(operands.output_dims(), operands.dims(1));
  Values values = operands.values(0);
  for (size_t i = 0; i < values.size(); ++i) {
    const double other = b[places[i]];
    values[i] = activated(binary.kind == SNUG_ADD ? values[i] + other : values[i] * other, binary.activation);
  }
  return values;
}

Values evaluate_gemm(const Operands& operands) {
  const Gemm& gemm = attributes<Gemm>(operands.node);
  const size_t rows = static_cast<size_t>(operands.dims(0).at(0)), length = static_cast<size_t>(operands.dims(0).at(1));
  const size_t columns = static_cast<size_t>(operands.output_dims().at(1));
  const Values& a = operands.values(0);
  const std::vector<float>& b = operands.constant(1);
  Values output(rows * columns);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns; ++column) {
      double sum = 0;
      for (size_t k = 0; k < length; ++k) {
        sum +=
            a[row * length + k] * static_cast<double>(b[gemm.transpose_b ? column * length + k : k * columns + column]);
      }
      const double addend = operands.has(2) ? static_cast<double>(operands.constant(2)[column]) : 0;
      output[row * columns + column] = static_cast<double>(gemm.alpha) * sum + static_cast<double>(gemm.beta) * addend;
    }
  }
  return output;
}

Values evaluate_softmax(const Operands& operands) {
  const Softmax& softmax = attributes<Softmax>(operands.node);
  const Dims& dims = operands.dims(0);
  const int64_t last = softmax.to_the_end ? static_cast<int64_t>(dims.size()) : softmax.axis + 1;
  const size_t step = static_cast<size_t>(element_count({dims.begin() + last, dims.end()}));
  const size_t count = static_cast<size_t>(element_count({dims.begin() + softmax.axis, dims.begin() + last}));
  Values values = operands.values(0);
  for (size_t first = 0; first < values.size(); ++first) {
    if (first / step % count != 0) continue;
    double largest = values[first], sum = 0;
    for (size_t k = 0; k < count; ++k) largest = std::max(largest, values[first + k * step]);
    for (size_t k = 0; k < count; ++k) {
      double& value = values[first + k * step];
      value = std::exp(value - largest);
      sum += value;
    }
    for (size_t k = 0; k < count; ++k) values[first + k * step] /= sum;
  }
  return values;
}

}  // namespace snug
