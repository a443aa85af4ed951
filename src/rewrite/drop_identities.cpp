// Removes nodes whose output is their input: Identity, Dropout, a Pad of nothing, a Reshape or Transpose that
// changes nothing, a Concat of one tensor. The readers read the input instead. Where the network outputs the
// result, the node before writes it under that name; such a node stays where its input is an input or another
// output of the network, because then both tensors have to exist.
#include <algorithm>

#include "ops/concat/concat.h"
#include "ops/identity/identity.h"
#include "ops/pad/pad.h"
#include "ops/reshape/reshape.h"
#include "ops/transpose/transpose.h"
#include "rewrite/rewrite.h"
#include "rewrite/uses.h"

namespace snug {

static bool is_identity(const Graph& graph, const Node& node) {
  if (node.op == &identity_operator) return true;
  if (node.op == &concat_operator) return node.inputs.size() == 1;
  if (node.op == &reshape_operator) return graph.tensor(node.inputs[0]).dims == graph.tensor(node.output).dims;
  if (node.op == &transpose_operator) {
    const std::vector<int64_t>& permutation = attributes<Transpose>(node).permutation;
    return std::is_sorted(permutation.begin(), permutation.end());
  }
  if (node.op == &pad_operator) {
    const Pad& pad = attributes<Pad>(node);
    const auto nothing = [](int64_t elements) { return elements == 0; };
    return std::all_of(pad.before.begin(), pad.before.end(), nothing) &&
           std::all_of(pad.after.begin(), pad.after.end(), nothing);
  }
  return false;
}

static void replace_reads(Graph& graph, TensorId from, TensorId to) {
  for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
}

static bool drop_one(Graph& graph) {
  const Uses uses = find_uses(graph);
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    const Node& node = graph.nodes[index];
    if (!is_identity(graph, node)) continue;
    const TensorId input = node.inputs[0], output = node.output;
    const int producer = uses.producer[static_cast<size_t>(input)];
    if (!uses.network_output[static_cast<size_t>(output)]) {
      replace_reads(graph, output, input);
    } else if (producer != -1 && !uses.network_output[static_cast<size_t>(input)]) {
      replace_reads(graph, input, output);
      graph.nodes[static_cast<size_t>(producer)].output = output;
    } else {
      continue;
    }
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
    return true;
  }
  return false;
}

Graph drop_identities(Graph graph) {
  while (drop_one(graph)) {
  }
  return graph;
}

}  // namespace snug
