#include "ops/conv/conv.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

static TensorId import_conv(const OnnxNode& node, Graph& graph) {
  const Dims& input = required_input(node, graph, 0, "x").dims;
  required_input(node, graph, 1, "weights");
  const Tensor& weights = *constant_input(node, graph, 1, "weights");
  constant_input(node, graph, 2, "bias");
  if (weights.dims.size() < 3 || weights.dims.size() != input.size()) {
    node.fail(fmt::format("weights of {} do not suit an input of {}", text(weights.dims), text(input)));
  }
  const std::vector<int64_t> kernel(weights.dims.begin() + 2, weights.dims.end());
  if (node.has("kernel_shape") && node.integers("kernel_shape", {}) != kernel) {
    node.fail(fmt::format("kernel_shape differs from its weights, which are {}", text(weights.dims)));
  }
  Conv conv;
  set_window(conv, read_window(node, input, kernel));
  conv.groups = node.integer("group", 1);
  return add_node(graph, conv_operator, node.name, node.operator_type, conv,
                  {node.input(0), node.input(1), node.input(2), kNoTensor}, node.outputs[0]);
}

static void check_weights(const Graph& graph, const Node& node, int64_t in_channels) {
  const Conv& conv = attributes<Conv>(node);
  const Tensor& weights = graph.tensor(node.inputs.at(1));
  const int64_t out_channels = weights.dims.at(0);
  if (conv.groups < 1 || in_channels % conv.groups != 0 || out_channels % conv.groups != 0) {
    throw UserError(
        fmt::format("{} groups do not divide {} input and {} output channels", conv.groups, in_channels, out_channels));
  }
  const Dims expected{out_channels, in_channels / conv.groups, conv.kernel_height, conv.kernel_width};
  if (element_count(weights.dims) != element_count(expected)) {
    throw UserError(fmt::format("weights of {} where an input of {} channels in {} groups needs {}", text(weights.dims),
                                in_channels, conv.groups, text(expected)));
  }
  if (node.inputs.at(2) == kNoTensor) return;
  const Dims& bias = graph.tensor(node.inputs[2]).dims;
  if (element_count(bias) != out_channels) {
    throw UserError(fmt::format("a bias of {} for {} output channels", text(bias), out_channels));
  }
}

static Dims conv_dims(const Graph& graph, const Node& node) {
  const Conv& conv = attributes<Conv>(node);
  const Dims& dims = graph.tensor(node.inputs.at(0)).dims;
  const Images input = images(dims);
  check_weights(graph, node, input.map.channels);
  const Window window = window_of(conv);
  check_padded(window, input.map);
  const int64_t height = window_positions(window.y, input.map.height, false);
  const int64_t width = window_positions(window.x, input.map.width, false);
  const int64_t out_channels = graph.tensor(node.inputs[1]).dims[0];
  Dims output{input.batch, out_channels};
  if (conv.matrix_output) {
    CHECK(height == 1 && width == 1, node.name);
  } else if (dims.size() == 3) {
    output.push_back(width);
  } else if (dims.size() == 4) {
    output.insert(output.end(), {height, width});
  } else {
    throw UserError(fmt::format("its input is {}; snug takes maps of 3 or 4 dimensions", text(dims)));
  }
  if (node.inputs.at(3) != kNoTensor) CHECK(graph.tensor(node.inputs[3]).dims == output, node.name);
  return output;
}

static Lowered lower_conv(const Graph& graph, const Node& node) {
  const Conv& conv = attributes<Conv>(node);
  const Images input = images(graph.tensor(node.inputs[0]).dims);
  const Images output = images(graph.tensor(node.output).dims);
  Call call;
  call.layer = map_layer(input.map, output.map);
  set_window(call.layer, window_of(conv));
  call.layer.groups = static_cast<int32_t>(conv.groups);
  set_activation(call.layer, conv.activation);
  if (node.inputs[3] != kNoTensor) {
    CHECK(data_inputs(graph, node).size() == 2, node.name + ": the residual is constant");
    call.layer.residual = 1;
    call.other = 1;
    call.other_shape = output.map;
  }
  return {.calls = {call}, .batch = input.batch};
}

static bool is_sibling(const Node& first, const Node& node) {
  return node.inputs[0] == first.inputs[0] && node.inputs[3] == kNoTensor &&
         attributes<Conv>(node) == attributes<Conv>(first);
}

static std::optional<Lowered> lower_siblings(const Graph& graph, std::span<const Node* const> nodes) {
  const Node& first = *nodes.front();
  const auto fits = [&](const Node* node) { return is_sibling(first, *node); };
  if (nodes.size() > 1 + SNUG_MORE_SIBLINGS || !std::ranges::all_of(nodes, fits)) return std::nullopt;
  Lowered lowered = lower_conv(graph, first);
  snug_layer& layer = lowered.calls[0].layer;
  // Images of a batch lie as far apart as their own map asks for, and vectors lie alike in every layout.
  if (layer.groups != 1 || lowered.batch != 1 || layer.out_height * layer.out_width == 1) return std::nullopt;
  for (size_t i = 1; i < nodes.size(); ++i) {
    const int32_t begin = round_up(layer.out_channels, 16);
    layer.sibling_channel[i - 1] = begin;
    layer.out_channels = begin + static_cast<int32_t>(images(graph.tensor(nodes[i]->output).dims).map.channels);
  }
  return lowered;
}

static std::string describe_conv(const Node& node) {
  const Conv& conv = attributes<Conv>(node);
  std::string result = text(window_of(conv));
  if (conv.groups != 1) result += fmt::format(", groups {}", conv.groups);
  if (conv.activation.kind != SNUG_NO_ACTIVATION) result += ", then " + text(conv.activation);
  return result;
}

const Operator conv_operator{
    .name = "conv",
    .onnx_operators = {{.name = "Conv",
                        .inputs = {2, 3},
                        .attributes = {{"auto_pad", kString},
                                       {"dilations", kIntegers},
                                       {"group", kInteger},
                                       {"kernel_shape", kIntegers},
                                       {"pads", kIntegers},
                                       {"strides", kIntegers}},
                        .restrictions = "constant weights and bias; 1-D and 2-D"}},
    .import_onnx = import_conv,
    .output_dims = conv_dims,
    .lower = lower_conv,
    .lower_siblings = lower_siblings,
    .describe = describe_conv,
    .weights_input = 1,
    .bias_input = 2,
};

}  // namespace snug
