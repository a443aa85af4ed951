// Who produces and who reads every tensor, and what a node does when it takes in the node behind it.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace snug {

struct Uses {
  std::vector<int> producer;              ///< index of the node, -1 for network inputs and constants
  std::vector<std::vector<int>> readers;  ///< indices of the nodes, in order, once per node
  std::vector<bool> network_output;

  /// Index of the producer of a tensor that one node alone reads and that is no output of the network; else -1.
  int private_producer(TensorId id) const;
};

Uses find_uses(const Graph& graph);

/// The first node computes what both did: it takes over the output of the second, which is erased, and states
/// both ONNX operators. Its attributes are the caller's business.
void absorb(Graph& graph, int node, int absorbed);

}  // namespace snug
