// An Add of two computed tensors of the same shape goes into a conv that produces one of them: the conv adds the other
// before it stores. It takes a conv that ends in nothing else, whose output nobody else reads, and that runs after the
// other operand is there; of two such convs the later one. An activation after the Add goes along.
#include "ops/binary/binary.h"
#include "ops/conv/conv.h"
#include "rewrite/rewrite.h"
#include "rewrite/uses.h"

namespace snug {

static bool adds_equal_shapes(const Graph& graph, const Node& node) {
  if (node.op != &binary_operator || attributes<Binary>(node).kind != SNUG_ADD) return false;
  const Tensor &a = graph.tensor(node.inputs[0]), &b = graph.tensor(node.inputs[1]);
  return node.inputs[0] != node.inputs[1] && !b.constant && a.dims == b.dims;
}

/// Index of the conv that can add `other` to `own`, its output; -1 where there is none.
static int conv_for(const Graph& graph, const Uses& uses, TensorId own, TensorId other) {
  const int index = uses.private_producer(own);
  if (index == -1 || uses.producer[static_cast<size_t>(other)] >= index) return -1;
  const Node& node = graph.nodes[static_cast<size_t>(index)];
  const bool free = node.op == &conv_operator && node.inputs[3] == kNoTensor &&
                    attributes<Conv>(node).activation.kind == SNUG_NO_ACTIVATION;
  return free ? index : -1;
}

static bool fuse_one(Graph& graph) {
  const Uses uses = find_uses(graph);
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    const Node& node = graph.nodes[index];
    if (!adds_equal_shapes(graph, node)) continue;
    const TensorId a = node.inputs[0], b = node.inputs[1];
    const int with_a = conv_for(graph, uses, a, b), with_b = conv_for(graph, uses, b, a);
    if (with_a == -1 && with_b == -1) continue;
    const int chosen = with_a > with_b ? with_a : with_b;
    Node& conv = graph.nodes[static_cast<size_t>(chosen)];
    conv.inputs[3] = chosen == with_a ? b : a;
    attributes<Conv>(conv).activation = attributes<Binary>(node).activation;
    absorb(graph, chosen, static_cast<int>(index));
    return true;
  }
  return false;
}

Graph fuse_residual_add(Graph graph) {
  while (fuse_one(graph)) {
  }
  return graph;
}

}  // namespace snug
