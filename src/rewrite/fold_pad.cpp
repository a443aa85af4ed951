// A Pad of rows and columns with zeros goes into the padding of the convs that read it. It stays where anything else
// reads it too, or where the network outputs it: then the padded map has to exist anyway.
#include <algorithm>

#include "ops/conv/conv.h"
#include "ops/pad/pad.h"
#include "rewrite/rewrite.h"
#include "rewrite/uses.h"

namespace snug {

static bool pads_maps_with_zeros(const Node& node) {
  if (node.op != &pad_operator) return false;
  const Pad& pad = attributes<Pad>(node);
  const size_t rank = pad.before.size();
  return pad.value == 0 && (rank == 3 || rank == 4) && pad.before[0] == 0 && pad.after[0] == 0 && pad.before[1] == 0 &&
         pad.after[1] == 0;
}

/// Whether a node reads the tensor as the map of a conv, and as nothing else.
static bool convolves(const Node& node, TensorId id) {
  return node.op == &conv_operator && node.inputs[0] == id &&
         std::count(node.inputs.begin(), node.inputs.end(), id) == 1;
}

static void fold_into(Node& conv, const Node& padding) {
  const Pad& pad = attributes<Pad>(padding);
  Conv& attributes_of_conv = attributes<Conv>(conv);
  if (pad.before.size() == 4) {
    attributes_of_conv.pad_top += pad.before[2];
    attributes_of_conv.pad_bottom += pad.after[2];
  }
  attributes_of_conv.pad_left += pad.before.back();
  attributes_of_conv.pad_right += pad.after.back();
  conv.inputs[0] = padding.inputs[0];
  conv.onnx_operator = padding.onnx_operator + "+" + conv.onnx_operator;
}

static bool fold_one(Graph& graph) {
  const Uses uses = find_uses(graph);
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    const Node& node = graph.nodes[index];
    const size_t output = static_cast<size_t>(node.output);
    if (!pads_maps_with_zeros(node) || uses.network_output[output]) continue;
    const std::vector<int>& readers = uses.readers[output];
    const auto takes_it = [&](int reader) { return convolves(graph.nodes[static_cast<size_t>(reader)], node.output); };
    if (readers.empty() || !std::all_of(readers.begin(), readers.end(), takes_it)) continue;
    for (const int reader : readers) fold_into(graph.nodes[static_cast<size_t>(reader)], node);
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
    return true;
  }
  return false;
}

Graph fold_pad(Graph graph) {
  while (fold_one(graph)) {
  }
  return graph;
}

}  // namespace snug
