#include "rewrite/uses.h"

namespace snug {

int Uses::private_producer(TensorId id) const {
  const size_t index = static_cast<size_t>(id);
  return readers.at(index).size() == 1 && !network_output.at(index) ? producer.at(index) : -1;
}

Uses find_uses(const Graph& graph) {
  Uses uses{producers(graph), consumers(graph), std::vector<bool>(graph.tensors.size(), false)};
  for (const TensorId id : graph.outputs) uses.network_output.at(static_cast<size_t>(id)) = true;
  return uses;
}

void absorb(Graph& graph, int node, int absorbed) {
  Node& survivor = graph.nodes.at(static_cast<size_t>(node));
  const Node& second = graph.nodes.at(static_cast<size_t>(absorbed));
  survivor.onnx_operator += "+" + second.onnx_operator;
  survivor.output = second.output;
  graph.nodes.erase(graph.nodes.begin() + absorbed);
}

}  // namespace snug
