// Pooling and the normalisations, in double precision.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/batch_normalization/batch_normalization.h"
#include "ops/lrn/lrn.h"
#include "ops/pool/pool.h"
#include "oracle/operands.h"

namespace snug {

/// The value of one window at output row y, column x of one plane.
static double pooled(const Pool& pool, const MapShape& map, const double* plane, int64_t y, int64_t x) {
  double sum = 0, largest = -std::numeric_limits<double>::infinity();
  int64_t inside = 0;
  for (int64_t ky = 0; ky < pool.kernel_height; ++ky) {
    const int64_t row = y * pool.stride_y + ky * pool.dilation_y - pool.pad_top;
    if (row < 0 || row >= map.height) continue;
    for (int64_t kx = 0; kx < pool.kernel_width; ++kx) {
      const int64_t column = x * pool.stride_x + kx * pool.dilation_x - pool.pad_left;
      if (column < 0 || column >= map.width) continue;
      const double value = plane[row * map.width + column];
      sum += value;
      if (value > largest || std::isnan(value)) largest = value;
      ++inside;
    }
  }
  if (pool.kind == SNUG_MAX) return largest;
  const int64_t count = pool.kind == SNUG_AVERAGE ? inside : pool.kernel_height * pool.kernel_width;
  return sum / static_cast<double>(count);
}

Values evaluate_pool(const Operands& operands) {
  const Pool& pool = attributes<Pool>(operands.node);
  const Images input = images(operands.dims(0));
  const MapShape output = images(operands.output_dims()).map;
  Values result;
  for (int64_t plane = 0; plane < input.batch * input.map.channels; ++plane) {
    const double* values = operands.values(0).data() + plane * input.map.height * input.map.width;
    for (int64_t y = 0; y < output.height; ++y) {
      for (int64_t x = 0; x < output.width; ++x) result.push_back(pooled(pool, input.map, values, y, x));
    }
  }
  return result;
}

Values evaluate_lrn(const Operands& operands) {
  const Lrn& lrn = attributes<Lrn>(operands.node);
  const Images maps = images(operands.dims(0));
  const int64_t pixels = maps.map.height * maps.map.width, channels = maps.map.channels;
  const double alpha = static_cast<double>(lrn.alpha), beta = static_cast<double>(lrn.beta);
  const Values& input = operands.values(0);
  Values output(input.size());
  for (int64_t i = 0; i < static_cast<int64_t>(input.size()); ++i) {
    const int64_t c = i / pixels % channels;
    // Of an even number of channels the odd one lies behind.
    const int64_t first = std::max<int64_t>(0, c - (lrn.size - 1) / 2), last = std::min(channels - 1, c + lrn.size / 2);
    double squares = 0;
    for (int64_t k = first; k <= last; ++k) {
      const double value = input[static_cast<size_t>(i + (k - c) * pixels)];
      squares += value * value;
    }
    const double scale = static_cast<double>(lrn.bias) + alpha / static_cast<double>(lrn.size) * squares;
    output[static_cast<size_t>(i)] = input[static_cast<size_t>(i)] / std::pow(scale, beta);
  }
  return output;
}

Values evaluate_batch_normalization(const Operands& operands) {
  const double epsilon = static_cast<double>(attributes<BatchNormalization>(operands.node).epsilon);
  const Images maps = images(operands.dims(0));
  const size_t pixels = static_cast<size_t>(maps.map.height * maps.map.width);
  const auto parameter = [&](size_t input, size_t c) { return static_cast<double>(operands.constant(input)[c]); };
  Values values = operands.values(0);
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t c = i / pixels % static_cast<size_t>(maps.map.channels);
    const double scale = parameter(1, c), bias = parameter(2, c), mean = parameter(3, c), variance = parameter(4, c);
    values[i] = (values[i] - mean) / std::sqrt(variance + epsilon) * scale + bias;
  }
  return values;
}

}  // namespace snug
