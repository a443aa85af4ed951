// Chains of nodes that one kernel can compute together, so that the tensors between them never exist as a whole.
#pragma once

#include <vector>

#include "graph/operator.h"

namespace snug {

/// A chain of nodes as one. The graph keeps its nodes: a fusion is one more way to compute the first of them, after
/// which the others have nothing left to do.
struct Fusion {
  Node node;               ///< of an operator that is made of others; its output is that of the last node
  std::vector<int> nodes;  ///< indices into graph.nodes, in order
};

/// Every fusion that some operator offers, in the order of their first nodes. A tensor inside of several belongs to
/// fusions with the same output.
std::vector<Fusion> fusions(const Graph& graph);

}  // namespace snug
