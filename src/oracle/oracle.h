// The graph in double precision with textbook loops: what `snug verify` and the tests compare against. Shares
// no code with the kernels, and nothing in the compile path uses it.
#pragma once

#include <map>
#include <vector>

#include "graph/graph.h"

namespace snug {

/// Row-major values of tensors, by id.
using OracleValues = std::map<TensorId, std::vector<double>>;

/// Evaluates a graph (before or after rewrites) for one value per network input. Keeps every intermediate
/// tensor if `keep_all`, else the outputs. Throws UserError if an input is missing or has another size.
OracleValues evaluate_oracle(const Graph& graph, const OracleValues& inputs, bool keep_all = false);

}  // namespace snug
