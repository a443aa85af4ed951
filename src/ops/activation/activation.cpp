#include "ops/activation/activation.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

/// Clip has its bounds as attributes before opset 11, as inputs since.
static Activation read_clip(const OnnxNode& node, const Graph& graph) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  float low = node.limit("min", -kLargest);
  float high = node.limit("max", kLargest);
  low = constant_float(node, graph, 1, "lower bound", low);
  high = constant_float(node, graph, 2, "upper bound", high);
  low = std::clamp(low, -kLargest, kLargest);
  high = std::clamp(high, -kLargest, kLargest);
  if (low == 0 && high == kLargest) return {SNUG_RELU, 0, 0};
  return {SNUG_CLIP, low, high};
}

static Activation read_activation(const OnnxNode& node, const Graph& graph) {
  const std::string& type = node.operator_type;
  if (type == "Clip") return read_clip(node, graph);
  if (type == "LeakyRelu") return {SNUG_LEAKY_RELU, node.real("alpha", 0.01f), 0};
  if (type == "Sigmoid") return {SNUG_SIGMOID, 0, 0};
  if (type == "HardSigmoid") return {SNUG_HARD_SIGMOID, node.real("alpha", 0.2f), node.real("beta", 0.5f)};
  if (type == "HardSwish") return {SNUG_HARD_SWISH, 0, 0};
  return {SNUG_RELU, 0, 0};
}

static TensorId import_activation(const OnnxNode& node, Graph& graph) {
  required_input(node, graph, 0, "x");
  return add_node(graph, activation_operator, node.name, node.operator_type, read_activation(node, graph),
                  {node.input(0)}, node.outputs[0]);
}

static Dims activation_dims(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dims;
}

void set_activation(snug_layer& layer, const Activation& activation) {
  layer.activation = activation.kind;
  layer.activation_alpha = activation.alpha;
  layer.activation_beta = activation.beta;
}

static Lowered lower_activation(const Graph& graph, const Node& node) {
  const Images maps = images(graph.tensor(node.output).dims);
  Call call;
  call.layer = map_layer(maps.map, maps.map);
  set_activation(call.layer, attributes<Activation>(node));
  return {.calls = {call}, .batch = maps.batch};
}

std::string text(const Activation& activation) {
  switch (activation.kind) {
    case SNUG_NO_ACTIVATION:
      return "none";
    case SNUG_RELU:
      return "ReLU";
    case SNUG_CLIP:
      return fmt::format("clip to {} .. {}", activation.alpha, activation.beta);
    case SNUG_LEAKY_RELU:
      return fmt::format("leaky ReLU {}", activation.alpha);
    case SNUG_SIGMOID:
      return "sigmoid";
    case SNUG_HARD_SIGMOID:
      return fmt::format("hard sigmoid {} {}", activation.alpha, activation.beta);
    case SNUG_HARD_SWISH:
      return "hard swish";
  }
  return "unknown";
}

static std::string describe_activation(const Node& node) {
  return text(attributes<Activation>(node));
}

const Operator activation_operator{
    .name = "activation",
    .onnx_operators = {{.name = "Relu"},
                       {.name = "Clip",
                        .inputs = {1, 3},
                        .attributes = {{"min", kReal}, {"max", kReal}},
                        .restrictions = "constant bounds"},
                       {.name = "LeakyRelu", .attributes = {{"alpha", kReal}}},
                       {.name = "Sigmoid"},
                       {.name = "HardSigmoid", .attributes = {{"alpha", kReal}, {"beta", kReal}}},
                       {.name = "HardSwish"}},
    .import_onnx = import_activation,
    .output_dims = activation_dims,
    .lower = lower_activation,
    .describe = describe_activation,
};

}  // namespace snug
