// The candidates of a graph over any library of primitives, and what pricing shares with it.
#pragma once

#include <span>

#include "cost/profile.h"
#include "graph/fusion.h"

namespace snug {

/// enumerate_candidates over these primitives instead of all_primitives().
CostTable enumerate_candidates(const Graph& graph, std::span<const ListedPrimitive> library, PrimitiveSet set,
                               int threads = 1, const LayoutSet& layouts = kUsualLayouts);

/// Whether every map of the node is 1x1 and the batch stays the same, so that its values lie alike in every layout.
bool is_vector_alias(const Graph& graph, const Node& node);

/// The constant that a node's kernels read packed, or null.
const Constant* packed_constant(const Graph& graph, const Node& node);

/// What a candidate of node number `index` that has a primitive computes: that node, alone or together with its
/// siblings, or a fusion that begins there.
struct Computed {
  const Node& node;
  Lowered lowered;
};
Computed computed_by(const Graph& graph, const CostTable& costs, std::span<const Fusion> fusions, int index,
                     const Candidate& candidate);

/// What one call of a candidate runs.
Measurement measurement_of(const Computed& computed, const Call& call, const Candidate& candidate);

}  // namespace snug
