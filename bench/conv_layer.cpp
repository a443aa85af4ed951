#include "bench/conv_layer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <random>

#include "base/error.h"
#include "base/text.h"
#include "bench/machine_peak.h"

namespace snug {

namespace {

constexpr size_t kSampledOutputs = 300;

std::vector<float> random_floats(int64_t count, uint32_t seed) {
  std::minstd_rand generator(seed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::vector<float> floats(static_cast<size_t>(count));
  for (float& value : floats) value = distribution(generator);
  return floats;
}

const snug_kernel* find_kernel(std::string_view name) {
  const snug_kernel* kernel = snug_kernels;
  while (kernel->name != nullptr && kernel->name != name) ++kernel;
  CHECK(kernel->conv != nullptr, std::string(name));
  return kernel;
}

size_t floats_in(int64_t bytes) {
  return static_cast<size_t>(bytes) / sizeof(float);
}

AlignedFloats stored_input(const ConvData& data, const Layout& layout, const snug_layer& strided) {
  const MapShape shape = input_shape(strided);
  const Strides strides{strided.in_plane, strided.in_row, strided.in_pixel};
  AlignedFloats stored(static_cast<size_t>(stored_floats(layout, shape)));
  const float* value = data.input.data();
  for (int64_t c = 0; c < shape.channels; ++c) {
    for (int64_t y = 0; y < shape.height; ++y) {
      for (int64_t x = 0; x < shape.width; ++x) stored.data()[offset(layout, strides, c, y, x)] = *value++;
    }
  }
  return stored;
}

/// The output (o, y, x) as its definition says.
double exact_output(const ConvData& data, int64_t o, int64_t y, int64_t x) {
  const snug_layer& layer = data.layer;
  const int64_t group_inputs = layer.in_channels / layer.groups;
  const int64_t first_input = o / (layer.out_channels / layer.groups) * group_inputs;
  double sum = data.bias[static_cast<size_t>(o)];
  for (int64_t i = 0; i < group_inputs; ++i) {
    for (int64_t ky = 0; ky < layer.kernel_height; ++ky) {
      for (int64_t kx = 0; kx < layer.kernel_width; ++kx) {
        const int64_t row = y * layer.stride_y + ky * layer.dilation_y - layer.pad_top;
        const int64_t column = x * layer.stride_x + kx * layer.dilation_x - layer.pad_left;
        if (row < 0 || row >= layer.in_height || column < 0 || column >= layer.in_width) continue;
        const int64_t input = ((first_input + i) * layer.in_height + row) * layer.in_width + column;
        const int64_t weight = ((o * group_inputs + i) * layer.kernel_height + ky) * layer.kernel_width + kx;
        sum += double{data.input[static_cast<size_t>(input)]} * double{data.weights[static_cast<size_t>(weight)]};
      }
    }
  }
  return sum;
}

}  // namespace

AlignedFloats::AlignedFloats(size_t count) : count_(count) {
  constexpr size_t kHugePageBytes = size_t{2} << 20;
  const size_t bytes = std::max<size_t>(count, 1) * sizeof(float);
  const size_t page = bytes < kHugePageBytes ? size_t{kAlignmentBytes} : kHugePageBytes;
  const size_t whole_pages = (bytes + page - 1) / page * page;
  floats_.reset(static_cast<float*>(std::aligned_alloc(page, whole_pages)));
  if (floats_ == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (page == kHugePageBytes) ::madvise(floats_.get(), whole_pages, MADV_HUGEPAGE);
#endif
  std::fill_n(floats_.get(), whole_pages / sizeof(float), 0.0F);
}

ConvData random_conv_data(const snug_layer& layer) {
  const int64_t weights =
      int64_t{layer.out_channels} * (layer.in_channels / layer.groups) * layer.kernel_height * layer.kernel_width;
  return {.layer = layer,
          .input = random_floats(input_shape(layer).floats(), 1),
          .weights = random_floats(weights, 2),
          .bias = random_floats(layer.out_channels, 3)};
}

PreparedConv prepare_conv(const ConvData& data, const Primitive& primitive, int32_t block, size_t weight_pool_bytes) {
  PreparedConv conv{.kernel = find_kernel(primitive.name)};
  conv.layer = data.layer;
  conv.layer.block = block;
  conv.workspace_bytes = primitive.workspace_bytes == nullptr ? 0 : primitive.workspace_bytes(conv.layer);
  const std::vector<std::byte> packed = primitive.pack(conv.layer, data.weights);
  conv.weight_bytes = static_cast<int64_t>(packed.size());
  conv.layer = with_dense_strides(conv.layer, primitive.input, primitive.output);
  conv.weight_floats = floats_in(round_up(conv.weight_bytes, kAlignmentBytes));
  conv.weight_copies = std::max<size_t>(1, weight_pool_bytes / (conv.weight_floats * sizeof(float)));
  conv.weights = AlignedFloats(conv.weight_copies * conv.weight_floats);
  for (size_t copy = 0; copy < conv.weight_copies; ++copy) {
    std::memcpy(conv.weights.data() + copy * conv.weight_floats, packed.data(), packed.size());
  }
  conv.bias = AlignedFloats(static_cast<size_t>(round_up(conv.layer.out_channels, 16)));
  std::copy(data.bias.begin(), data.bias.end(), conv.bias.data());
  conv.input = stored_input(data, primitive.input, conv.layer);
  const size_t output_floats = static_cast<size_t>(stored_floats(primitive.output, output_shape(conv.layer)));
  conv.output = AlignedFloats(output_floats);
  conv.residual = AlignedFloats(conv.layer.residual != 0 ? output_floats : 0);
  conv.workspace = AlignedFloats(floats_in(round_up(conv.workspace_bytes, kAlignmentBytes)));
  return conv;
}

void PreparedConv::run(size_t copy) {
  kernel->conv(&layer, input.data(), weights.data() + copy % weight_copies * weight_floats, bias.data(),
               layer.residual != 0 ? residual.data() : nullptr, output.data(), workspace.data());
}

void PreparedConv::move(size_t copy) {
  const float* copied = weights.data() + copy % weight_copies * weight_floats;
  volatile float kept =
      move_floats(input.data(), static_cast<long>(input.count()), output.data(), static_cast<long>(output.count()));
  kept = move_floats(copied, static_cast<long>(weight_floats), nullptr, 0);
  (void)kept;
}

float PreparedConv::at(const Primitive& primitive, int64_t o, int64_t y, int64_t x) const {
  const Strides strides{layer.out_plane, layer.out_row, layer.out_pixel};
  return output.data()[offset(primitive.output, strides, o, y, x)];
}

std::optional<double> sampled_error(const ConvData& data, const ComputedOutput& computed) {
  if (data.layer.activation != SNUG_NO_ACTIVATION || data.layer.residual != 0) return std::nullopt;
  const MapShape shape = output_shape(data.layer);
  std::minstd_rand generator(4);
  double difference = 0, largest = 0;
  for (size_t i = 0; i < kSampledOutputs; ++i) {
    const int64_t at = std::uniform_int_distribution<int64_t>(0, shape.floats() - 1)(generator);
    const int64_t x = at % shape.width, y = at / shape.width % shape.height, o = at / shape.width / shape.height;
    const double exact = exact_output(data, o, y, x);
    const double value = computed(o, y, x);
    difference = std::max(difference, std::abs(value - exact));
    largest = std::max(largest, std::abs(exact));
  }
  return difference / largest;
}

}  // namespace snug
