// Nodes that read one tensor and differ so little that one kernel can compute them together.
#pragma once

#include <vector>

#include "graph/operator.h"

namespace snug {

/// Groups of at least two nodes that their operator's lower_siblings makes one call of, in the order of their first
/// nodes; indices into graph.nodes, in order. A node belongs to one group at most.
std::vector<std::vector<int>> siblings(const Graph& graph);

/// The nodes of a group as one call.
Lowered lower_siblings(const Graph& graph, const std::vector<int>& group);

}  // namespace snug
