// An elementwise function goes into the Conv, Add or Mul before it, which has none yet and whose output nobody else
// reads.
#include "ops/activation/activation.h"

#include "ops/binary/binary.h"
#include "ops/conv/conv.h"
#include "rewrite/rewrite.h"
#include "rewrite/uses.h"

namespace snug {

/// The place for an activation in a node, or null where it has none.
static Activation* activation_of(Node& node) {
  if (node.op == &conv_operator) return &attributes<Conv>(node).activation;
  if (node.op == &binary_operator) return &attributes<Binary>(node).activation;
  return nullptr;
}

static bool fuse_one(Graph& graph) {
  const Uses uses = find_uses(graph);
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    const Node& node = graph.nodes[index];
    if (node.op != &activation_operator) continue;
    const int producer = uses.private_producer(node.inputs[0]);
    if (producer == -1) continue;
    Activation* place = activation_of(graph.nodes[static_cast<size_t>(producer)]);
    if (!place || place->kind != SNUG_NO_ACTIVATION) continue;
    *place = attributes<Activation>(node);
    absorb(graph, producer, static_cast<int>(index));
    return true;
  }
  return false;
}

Graph fuse_activation(Graph graph) {
  while (fuse_one(graph)) {
  }
  return graph;
}

}  // namespace snug
