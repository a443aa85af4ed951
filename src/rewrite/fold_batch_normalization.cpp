// BatchNormalization at inference scales and shifts every channel. It goes into weights and bias of the conv before it,
// where that conv ends in nothing else and nobody else reads its output. Anywhere else it becomes a depthwise 1x1
// conv. Scales and shifts are computed in double precision.
#include <cmath>

#include "base/error.h"
#include "ops/batch_normalization/batch_normalization.h"
#include "ops/conv/conv.h"
#include "rewrite/affine.h"
#include "rewrite/rewrite.h"
#include "rewrite/uses.h"

namespace snug {

namespace {

Affine read_affine(const Graph& graph, const Node& node) {
  const auto values = [&](size_t input) -> const std::vector<float>& {
    return graph.tensor(node.inputs.at(input)).constant->floats;
  };
  const std::vector<float>&gamma = values(1), &beta = values(2), &mean = values(3), &variance = values(4);
  const double epsilon = static_cast<double>(attributes<BatchNormalization>(node).epsilon);
  Affine affine;
  for (size_t c = 0; c < gamma.size(); ++c) {
    const double scale = static_cast<double>(gamma[c]) / std::sqrt(static_cast<double>(variance[c]) + epsilon);
    affine.scale.push_back(scale);
    affine.shift.push_back(static_cast<double>(beta[c]) - scale * static_cast<double>(mean[c]));
  }
  return affine;
}

std::vector<float> rounded(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

void replace_by_depthwise(Graph& graph, Node& node, const Affine& affine) {
  const Dims dims = graph.tensor(node.output).dims;
  CHECK(dims.size() <= 4, node.name);
  const int64_t channels = dims[1];
  const TensorId weights = add_constant(graph, node.name + "/scale", {channels, 1, 1, 1}, rounded(affine.scale));
  const TensorId bias = add_constant(graph, node.name + "/shift", {channels}, rounded(affine.shift));
  node.op = &conv_operator;
  node.attributes = Conv{.groups = channels, .matrix_output = dims.size() == 2};
  node.inputs = {node.inputs[0], weights, bias, kNoTensor};
}

bool fold_one(Graph& graph) {
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    Node& node = graph.nodes[index];
    if (node.op != &batch_normalization_operator) continue;
    const Affine affine = read_affine(graph, node);
    const int producer = find_uses(graph).private_producer(node.inputs[0]);
    if (producer != -1 && takes_affine(graph.nodes[static_cast<size_t>(producer)])) {
      fold_affine(graph, graph.nodes[static_cast<size_t>(producer)], affine);
      absorb(graph, producer, static_cast<int>(index));
    } else {
      replace_by_depthwise(graph, node, affine);
    }
    return true;
  }
  return false;
}

}  // namespace

Graph fold_batch_normalization(Graph graph) {
  while (fold_one(graph)) {
  }
  return without_unused(graph);
}

}  // namespace snug
