// Convolution in double precision. Row by row, so that the innermost loop runs along contiguous values; output channels
// are shared among threads, because VGG16 has 15 billion products.
#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "ops/conv/conv.h"
#include "oracle/operands.h"

namespace snug {

namespace {

struct Problem {
  Conv conv;
  Images input, output;
  const double* values;
  const float* weights;
  const float* bias;       ///< or null
  const double* residual;  ///< or null

  int64_t channels_per_group() const { return input.map.channels / conv.groups; }
};

/// The output columns whose tap lies inside the input: [first, last).
struct Columns {
  int64_t first, last;
};
Columns columns_inside(int64_t stride, int64_t offset, int64_t input_width, int64_t output_width) {
  const int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const int64_t last = offset >= input_width ? 0 : (input_width - 1 - offset) / stride + 1;
  return {first, std::min(last, output_width)};
}

void add_products(double* output, const double* input, double weight, int64_t stride, int64_t count) {
  if (stride == 1) {
    for (int64_t x = 0; x < count; ++x) output[x] += weight * input[x];
  } else {
    for (int64_t x = 0; x < count; ++x) output[x] += weight * input[x * stride];
  }
}

/// Adds what one input row contributes to an output row through one row of the kernel.
void add_row(const Problem& problem, const double* input_row, const float* kernel_row, double* output_row) {
  const Conv& conv = problem.conv;
  for (int64_t kx = 0; kx < conv.kernel_width; ++kx) {
    const int64_t offset = kx * conv.dilation_x - conv.pad_left;
    const auto [first, last] = columns_inside(conv.stride_x, offset, problem.input.map.width, problem.output.map.width);
    if (first >= last) continue;
    add_products(output_row + first, input_row + first * conv.stride_x + offset, static_cast<double>(kernel_row[kx]),
                 conv.stride_x, last - first);
  }
}

/// One output row of channel `o` of image `n`.
void compute_row(const Problem& problem, int64_t n, int64_t o, int64_t y, double* output_row) {
  const Conv& conv = problem.conv;
  const MapShape &in = problem.input.map, &out = problem.output.map;
  const int64_t first_channel = o / (out.channels / conv.groups) * problem.channels_per_group();
  std::fill_n(output_row, out.width, problem.bias ? static_cast<double>(problem.bias[o]) : 0.0);
  for (int64_t c = 0; c < problem.channels_per_group(); ++c) {
    const double* plane = problem.values + (n * in.channels + first_channel + c) * in.height * in.width;
    const float* kernel =
        problem.weights + (o * problem.channels_per_group() + c) * conv.kernel_height * conv.kernel_width;
    for (int64_t ky = 0; ky < conv.kernel_height; ++ky) {
      const int64_t row = y * conv.stride_y + ky * conv.dilation_y - conv.pad_top;
      if (row < 0 || row >= in.height) continue;
      add_row(problem, plane + row * in.width, kernel + ky * conv.kernel_width, output_row);
    }
  }
}

void compute_channel(const Problem& problem, int64_t n, int64_t o, double* output) {
  const MapShape& out = problem.output.map;
  const int64_t begin = (n * out.channels + o) * out.height * out.width;
  for (int64_t y = 0; y < out.height; ++y) compute_row(problem, n, o, y, output + begin + y * out.width);
  for (int64_t i = begin; i < begin + out.height * out.width; ++i) {
    if (problem.residual) output[i] += problem.residual[i];
    output[i] = activated(output[i], problem.conv.activation);
  }
}

/// A thread is not worth starting for less than this many products.
constexpr int64_t kProductsPerThread = 4'000'000;

void in_parallel(int64_t count, int64_t products, const std::function<void(int64_t)>& work) {
  std::atomic<int64_t> next = 0;
  const auto run = [&] {
    for (int64_t index = next++; index < count; index = next++) work(index);
  };
  const int64_t most = std::min<int64_t>(std::thread::hardware_concurrency(), 8);
  std::vector<std::thread> threads;
  for (int64_t i = 1; i < std::min(most, products / kProductsPerThread); ++i) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

Values evaluate_conv(const Operands& operands) {
  const Problem problem{
      .conv = attributes<Conv>(operands.node),
      .input = images(operands.dims(0)),
      .output = images(operands.output_dims()),
      .values = operands.values(0).data(),
      .weights = operands.constant(1).data(),
      .bias = operands.has(2) ? operands.constant(2).data() : nullptr,
      .residual = operands.has(3) ? operands.values(3).data() : nullptr,
  };
  const int64_t channels = problem.output.map.channels;
  Values output(static_cast<size_t>(element_count(operands.output_dims())));
  const int64_t products = static_cast<int64_t>(output.size()) * problem.channels_per_group() *
                           problem.conv.kernel_height * problem.conv.kernel_width;
  in_parallel(problem.output.batch * channels, products,
              [&](int64_t index) { compute_channel(problem, index / channels, index % channels, output.data()); });
  return output;
}

}  // namespace snug
