// An Add or Mul of a constant, one value for all or one per channel, goes into weights and bias of the conv before it:
// many exporters write the bias of a conv or of a fully connected layer that way. It stays where the conv ends in
// something else already, or somebody else reads its output.
#include "ops/binary/binary.h"
#include "ops/conv/conv.h"
#include "rewrite/affine.h"
#include "rewrite/rewrite.h"
#include "rewrite/uses.h"

namespace snug {

/// The constant operand as one value per channel; empty where it is none.
static std::vector<double> per_channel(const Graph& graph, const Node& node) {
  if (node.op != &binary_operator) return {};
  const Tensor& operand = graph.tensor(node.inputs[1]);
  const Dims& dims = graph.tensor(node.output).dims;
  if (!operand.constant || dims.size() < 2) return {};
  const size_t channels = static_cast<size_t>(dims[1]);
  const std::vector<float>& floats = operand.constant->floats;
  if (floats.size() == 1) return std::vector<double>(channels, static_cast<double>(floats[0]));
  if (floats.size() != channels || operand.dims[1] != dims[1]) return {};
  return {floats.begin(), floats.end()};
}

static bool fold_one(Graph& graph) {
  const Uses uses = find_uses(graph);
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    const Node& node = graph.nodes[index];
    const std::vector<double> values = per_channel(graph, node);
    if (values.empty()) continue;
    const int producer = uses.private_producer(node.inputs[0]);
    if (producer == -1 || !takes_affine(graph.nodes[static_cast<size_t>(producer)])) continue;
    const Binary binary = attributes<Binary>(node);
    const bool adds = binary.kind == SNUG_ADD;
    const std::vector<double> ones(values.size(), 1), zeros(values.size(), 0);
    Node& conv = graph.nodes[static_cast<size_t>(producer)];
    fold_affine(graph, conv, {adds ? ones : values, adds ? values : zeros});
    attributes<Conv>(conv).activation = binary.activation;
    absorb(graph, producer, static_cast<int>(index));
    return true;
  }
  return false;
}

Graph fold_constant_binary(Graph graph) {
  while (fold_one(graph)) {
  }
  return without_unused(graph);
}

}  // namespace snug
