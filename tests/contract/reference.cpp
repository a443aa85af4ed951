#include "contract/reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "graph/layer.h"

namespace snug {
namespace {

/// A NaN as their first argument passes through std::max, std::min and std::clamp.
double activated(const snug_layer& layer, double x) {
  const double alpha = layer.activation_alpha, beta = layer.activation_beta;
  switch (layer.activation) {
    case SNUG_NO_ACTIVATION:
      return x;
    case SNUG_RELU:
      return std::max(x, 0.0);
    case SNUG_CLIP:
      return std::min(std::max(x, alpha), beta);
    case SNUG_LEAKY_RELU:
      return x < 0 ? alpha * x : x;
    case SNUG_SIGMOID:
      return 1 / (1 + std::exp(-x));
    case SNUG_HARD_SIGMOID:
      return std::clamp(alpha * x + beta, 0.0, 1.0);
    case SNUG_HARD_SWISH:
      return x * std::clamp(x / 6 + 0.5, 0.0, 1.0);
    default:
      CHECK(false, "unknown activation " + std::to_string(layer.activation));
  }
}

double largest(const LogicalMap& map) {
  double result = 0;
  for (const double value : map.values)
    if (std::isfinite(value)) result = std::max(result, std::abs(value));
  return result;
}

/// Finishes a map of sums: scale, then activation.
ReferenceOutput finished(const snug_layer& layer, LogicalMap map) {
  const double scale = largest(map);
  for (double& value : map.values) value = activated(layer, value);
  return {std::move(map), std::max(scale, 1e-30)};
}

ReferenceOutput unscaled(LogicalMap map) {
  const double scale = largest(map);
  return {std::move(map), std::max(scale, 1e-30)};
}

template <typename Value>
LogicalMap filled(const MapShape& shape, Value value) {
  LogicalMap map(shape);
  for (int64_t c = 0; c < shape.channels; ++c)
    for (int64_t y = 0; y < shape.height; ++y)
      for (int64_t x = 0; x < shape.width; ++x) map.at(c, y, x) = value(c, y, x);
  return map;
}

bool inside(const MapShape& shape, int64_t y, int64_t x) {
  return y >= 0 && y < shape.height && x >= 0 && x < shape.width;
}

ReferenceOutput conv(const snug_layer& layer, const ReferenceInputs& inputs) {
  const int64_t group_inputs = layer.in_channels / layer.groups, group_outputs = layer.out_channels / layer.groups;
  const auto sum = [&](int64_t o, int64_t oy, int64_t ox) {
    double result = inputs.bias[static_cast<size_t>(o)];
    if (inputs.other) result += inputs.other->at(o, oy, ox);
    size_t weight = static_cast<size_t>(o * group_inputs * layer.kernel_height * layer.kernel_width);
    for (int64_t i = 0; i < group_inputs; ++i)
      for (int64_t ky = 0; ky < layer.kernel_height; ++ky)
        for (int64_t kx = 0; kx < layer.kernel_width; ++kx, ++weight) {
          const int64_t y = oy * layer.stride_y - layer.pad_top + ky * layer.dilation_y;
          const int64_t x = ox * layer.stride_x - layer.pad_left + kx * layer.dilation_x;
          if (inside(inputs.input.shape, y, x))
            result += inputs.weights[weight] * inputs.input.at(o / group_outputs * group_inputs + i, y, x);
        }
    return result;
  };
  return finished(layer, filled(output_shape(layer), sum));
}

ReferenceOutput pool(const snug_layer& layer, const ReferenceInputs& inputs) {
  const MapShape in = inputs.input.shape;
  const auto pooled = [&](int64_t c, int64_t oy, int64_t ox) {
    double sum = 0, maximum = -std::numeric_limits<double>::infinity();
    int64_t valid = 0, padded = 0;
    for (int64_t ky = 0; ky < layer.kernel_height; ++ky)
      for (int64_t kx = 0; kx < layer.kernel_width; ++kx) {
        const int64_t y = oy * layer.stride_y - layer.pad_top + ky * layer.dilation_y;
        const int64_t x = ox * layer.stride_x - layer.pad_left + kx * layer.dilation_x;
        ++padded;
        if (!inside(in, y, x)) continue;
        ++valid;
        const double value = inputs.input.at(c, y, x);
        sum += value;
        if (value > maximum || std::isnan(value)) maximum = value;
      }
    if (layer.kind == SNUG_MAX) return maximum;
    return sum / static_cast<double>(layer.kind == SNUG_AVERAGE ? valid : padded);
  };
  return unscaled(filled(output_shape(layer), pooled));
}

ReferenceOutput conv_pool(const snug_layer& layer, const ReferenceInputs& inputs) {
  snug_layer first = layer, second = layer;
  first.out_height = second.in_height = layer.middle_height;
  first.out_width = second.in_width = layer.middle_width;
  second.in_channels = layer.out_channels;
  second.kernel_height = layer.pool_height, second.kernel_width = layer.pool_width;
  second.stride_y = layer.pool_stride_y, second.stride_x = layer.pool_stride_x;
  second.dilation_y = second.dilation_x = 1;
  second.pad_top = layer.pool_top, second.pad_left = layer.pool_left;
  const ReferenceOutput middle = conv(first, inputs);
  return {pool(second, {.input = middle.map}).map, middle.scale};
}

/// A layer's part: other channels, size and activation.
snug_layer convolution_part(const snug_layer& layer, int64_t in_channels, int64_t out_channels, int64_t groups) {
  snug_layer part = layer;
  part.in_channels = static_cast<int32_t>(in_channels);
  part.out_channels = static_cast<int32_t>(out_channels);
  part.groups = static_cast<int32_t>(groups);
  part.activation = layer.middle_activation;
  part.activation_alpha = layer.middle_alpha, part.activation_beta = layer.middle_beta;
  return part;
}

snug_layer pointwise_part(snug_layer part, int32_t height, int32_t width) {
  part.in_height = part.out_height = height, part.in_width = part.out_width = width;
  part.kernel_height = part.kernel_width = part.stride_y = part.stride_x = part.dilation_y = part.dilation_x = 1;
  part.pad_top = part.pad_left = 0;
  return part;
}

/// weights: of the expansion with its bias, of the depthwise convolution with its bias, of the projection.
ReferenceOutput conv_separable(const snug_layer& layer, const ReferenceInputs& inputs) {
  std::span<const float> weights = inputs.weights;
  const auto take = [&](int64_t count) {
    const std::span<const float> taken = weights.first(static_cast<size_t>(count));
    weights = weights.subspan(static_cast<size_t>(count));
    return taken;
  };
  LogicalMap map = inputs.input;
  const int64_t middle = layer.middle_channels > 0 ? layer.middle_channels : layer.in_channels;
  if (layer.middle_channels > 0) {
    const snug_layer expansion = convolution_part(layer, layer.in_channels, middle, 1);
    const std::span<const float> taps = take(middle * layer.in_channels);
    map = conv(pointwise_part(expansion, layer.in_height, layer.in_width),
               {.input = map, .weights = taps, .bias = take(middle)})
              .map;
  }
  const std::span<const float> taps = take(middle * layer.kernel_height * layer.kernel_width);
  map =
      conv(convolution_part(layer, middle, middle, middle), {.input = map, .weights = taps, .bias = take(middle)}).map;
  snug_layer projection =
      pointwise_part(convolution_part(layer, middle, layer.out_channels, 1), layer.out_height, layer.out_width);
  projection.activation = layer.activation;
  projection.activation_alpha = layer.activation_alpha, projection.activation_beta = layer.activation_beta;
  return conv(projection, {.input = map, .other = inputs.other, .weights = weights, .bias = inputs.bias});
}

ReferenceOutput binary(const snug_layer& layer, const ReferenceInputs& inputs) {
  const auto read = [](const LogicalMap& map, int64_t c, int64_t y, int64_t x) {
    return map.at(map.shape.channels == 1 ? 0 : c, map.shape.height == 1 ? 0 : y, map.shape.width == 1 ? 0 : x);
  };
  const auto combined = [&](int64_t c, int64_t y, int64_t x) {
    const double a = inputs.input.at(c, y, x), b = read(*inputs.other, c, y, x);
    return layer.kind == SNUG_ADD ? a + b : a * b;
  };
  return finished(layer, filled(output_shape(layer), combined));
}

ReferenceOutput concat(const snug_layer& layer, const ReferenceInputs& inputs) {
  const auto copied = [&](int64_t c, int64_t y, int64_t x) {
    const int64_t i = c - layer.channel_offset;
    return i >= 0 && i < layer.in_channels ? inputs.input.at(i, y, x) : 0;
  };
  ReferenceOutput output = unscaled(filled(output_shape(layer), copied));
  output.first_channel = layer.channel_offset;
  output.end_channel = layer.channel_offset + layer.in_channels;
  return output;
}

ReferenceOutput lrn(const snug_layer& layer, const ReferenceInputs& inputs) {
  const auto normalised = [&](int64_t c, int64_t y, int64_t x) {
    const int64_t first = c - (layer.lrn_size - 1) / 2, last = c + layer.lrn_size / 2;
    double squares = 0;
    for (int64_t i = std::max<int64_t>(first, 0); i <= std::min<int64_t>(last, layer.in_channels - 1); ++i)
      squares += inputs.input.at(i, y, x) * inputs.input.at(i, y, x);
    const double base =
        static_cast<double>(layer.lrn_bias) + static_cast<double>(layer.lrn_alpha) / layer.lrn_size * squares;
    return inputs.input.at(c, y, x) / std::pow(base, static_cast<double>(layer.lrn_beta));
  };
  return unscaled(filled(output_shape(layer), normalised));
}

ReferenceOutput softmax(const snug_layer& layer, const ReferenceInputs& inputs) {
  LogicalMap shares(output_shape(layer));
  for (int64_t y = 0; y < layer.in_height; ++y)
    for (int64_t x = 0; x < layer.in_width; ++x) {
      double maximum = inputs.input.at(0, y, x), sum = 0;
      for (int64_t c = 0; c < layer.in_channels; ++c) maximum = std::max(maximum, inputs.input.at(c, y, x));
      for (int64_t c = 0; c < layer.in_channels; ++c) sum += std::exp(inputs.input.at(c, y, x) - maximum);
      for (int64_t c = 0; c < layer.in_channels; ++c)
        shares.at(c, y, x) = std::exp(inputs.input.at(c, y, x) - maximum) / sum;
    }
  return unscaled(std::move(shares));
}

ReferenceOutput pad(const snug_layer& layer, const ReferenceInputs& inputs) {
  const auto padded = [&](int64_t c, int64_t oy, int64_t ox) {
    const int64_t y = oy - layer.pad_top, x = ox - layer.pad_left;
    return inside(inputs.input.shape, y, x) ? inputs.input.at(c, y, x) : static_cast<double>(layer.pad_value);
  };
  return unscaled(filled(output_shape(layer), padded));
}

ReferenceOutput transpose(const snug_layer& layer, const ReferenceInputs& inputs) {
  const auto moved = [&](int64_t c, int64_t y, int64_t x) {
    return layer.kind == SNUG_PERMUTE_HCW ? inputs.input.at(y, c, x) : inputs.input.at(x, y, c);
  };
  return unscaled(filled(output_shape(layer), moved));
}

}  // namespace

ReferenceOutput evaluate_reference(std::string_view operator_name, const snug_layer& layer,
                                   const ReferenceInputs& inputs) {
  if (operator_name == "conv") return conv(layer, inputs);
  if (operator_name == "pool") return pool(layer, inputs);
  if (operator_name == "conv_separable") return conv_separable(layer, inputs);
  if (operator_name == "conv_pool") return conv_pool(layer, inputs);
  if (operator_name == "binary") return binary(layer, inputs);
  if (operator_name == "concat") return concat(layer, inputs);
  if (operator_name == "lrn") return lrn(layer, inputs);
  if (operator_name == "softmax") return softmax(layer, inputs);
  if (operator_name == "pad") return pad(layer, inputs);
  if (operator_name == "transpose") return transpose(layer, inputs);
  if (operator_name == "convert") return unscaled(inputs.input);
  if (operator_name == "activation") return finished(layer, inputs.input);
  CHECK(false, "no reference for operator " + std::string(operator_name));
}

}  // namespace snug
