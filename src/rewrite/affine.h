// A scale and a shift per channel, and how a conv takes them in.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace snug {

/// y = scale * x + shift, one of each per channel; in double precision, because products of several are rounded once.
struct Affine {
  std::vector<double> scale, shift;
};

/// Whether the node is a conv that ends in nothing else: no residual, no activation.
bool takes_affine(const Node& node);

/// Makes the conv compute the affine function of what it computed, through new weights and a new bias: others may read
/// the old ones.
void fold_affine(Graph& graph, Node& conv, const Affine& affine);

}  // namespace snug
