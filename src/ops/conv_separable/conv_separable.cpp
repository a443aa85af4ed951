#include "ops/conv_separable/conv_separable.h"

#include <algorithm>

#include "ops/conv/conv.h"

namespace snug {

namespace {

struct Separable {
  std::optional<snug_layer> expansion;
  snug_layer depthwise, projection;
  bool residual = false;  ///< the projection adds x
};

bool is_pointwise(const Node& node) {
  if (node.op != &conv_operator) return false;
  const Conv& conv = attributes<Conv>(node);
  return conv.kernel_height == 1 && conv.kernel_width == 1 && conv.stride_y == 1 && conv.stride_x == 1 &&
         conv.pad_top == 0 && conv.pad_left == 0 && conv.pad_bottom == 0 && conv.pad_right == 0 && conv.groups == 1 &&
         !conv.matrix_output;
}

bool is_depthwise(const Graph& graph, const Node& node) {
  if (node.op != &conv_operator || attributes<Conv>(node).matrix_output) return false;
  const int64_t groups = attributes<Conv>(node).groups;
  return groups == images(graph.tensor(node.inputs[0]).dims).map.channels &&
         groups == images(graph.tensor(node.output).dims).map.channels;
}

bool same_activation(const Node& a, const Node& b) {
  const Activation &first = attributes<Conv>(a).activation, &second = attributes<Conv>(b).activation;
  return first.kind == second.kind && first.alpha == second.alpha && first.beta == second.beta;
}

std::optional<Node> fuse(const Graph& graph, std::span<const Node* const> chain) {
  if (chain.size() != 2 && chain.size() != 3) return std::nullopt;
  const Node &projection = *chain.back(), &depthwise = *chain[chain.size() - 2];
  const Node* const expansion = chain.size() == 3 ? chain[0] : nullptr;
  if (!is_pointwise(projection) || !is_depthwise(graph, depthwise)) return std::nullopt;
  if (expansion != nullptr && !(is_pointwise(*expansion) && same_activation(*expansion, depthwise)))
    return std::nullopt;
  const TensorId x = chain[0]->inputs[0], residual = projection.inputs[3];
  for (size_t i = 0; i < chain.size(); ++i) {
    if (i > 0 && chain[i]->inputs[0] != chain[i - 1]->output) return std::nullopt;
    if (chain[i] != &projection && chain[i]->inputs[3] != kNoTensor) return std::nullopt;
  }
  if (residual != kNoTensor && residual != x) return std::nullopt;

  const auto layer_of = [&](const Node& node) { return conv_operator.lower(graph, node).calls.front().layer; };
  Separable separable{.depthwise = layer_of(depthwise), .projection = layer_of(projection), .residual = residual == x};
  Node node = *chain[0];
  node.op = &conv_separable_operator;
  node.inputs = {x, kNoTensor, kNoTensor};
  if (expansion != nullptr) {
    separable.expansion = layer_of(*expansion);
    std::copy_n(expansion->inputs.begin() + 1, 2, node.inputs.begin() + 1);
  }
  for (const Node* conv : {&depthwise, &projection}) {
    node.inputs.insert(node.inputs.end(), conv->inputs.begin() + 1, conv->inputs.begin() + 3);
  }
  node.output = projection.output;
  node.attributes = separable;
  return node;
}

Lowered lower(const Graph& graph, const Node& node) {
  const Separable& separable = attributes<Separable>(node);
  const snug_layer &depthwise = separable.depthwise, &projection = separable.projection;
  Call call;
  call.layer = depthwise;
  call.layer.groups = 0;
  call.layer.middle_activation = depthwise.activation;
  call.layer.middle_alpha = depthwise.activation_alpha;
  call.layer.middle_beta = depthwise.activation_beta;
  call.layer.out_channels = projection.out_channels;
  call.layer.activation = projection.activation;
  call.layer.activation_alpha = projection.activation_alpha;
  call.layer.activation_beta = projection.activation_beta;
  if (separable.expansion) {
    call.layer.in_channels = separable.expansion->in_channels;
    call.layer.middle_channels = depthwise.in_channels;
  }
  if (separable.residual) {
    call.layer.residual = 1;
    call.other = 0;
    call.other_shape = output_shape(call.layer);
  }
  return {.calls = {call}, .batch = images(graph.tensor(node.inputs[0]).dims).batch};
}

/// Weights and bias of the expansion, if there is one; of the depthwise convolution; weights of the projection.
std::vector<float> weights(const Graph& graph, const Node& node) {
  const Separable& separable = attributes<Separable>(node);
  std::vector<float> result;
  const auto append = [&](size_t input, int64_t otherwise) {
    const TensorId id = node.inputs.at(input);
    if (id == kNoTensor) {
      result.resize(result.size() + static_cast<size_t>(otherwise));
    } else {
      const std::vector<float>& floats = graph.tensor(id).constant->floats;
      result.insert(result.end(), floats.begin(), floats.end());
    }
  };
  const int64_t middle = separable.depthwise.in_channels;
  append(1, 0);
  if (separable.expansion) append(2, middle);
  append(3, 0);
  append(4, middle);
  append(5, 0);
  return result;
}

}  // namespace

const Operator conv_separable_operator{
    .name = "conv_separable",
    .lower = lower,
    .fuse = fuse,
    .weights_input = 3,
    .bias_input = 6,
    .weights = weights,
};

}  // namespace snug
