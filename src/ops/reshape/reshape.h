// Reshape, Flatten, Squeeze, Unsqueeze: the same row-major values under other dimensions. inputs: x.
#pragma once

#include "graph/operator.h"

namespace snug {

struct Reshape {
  Dims dims;  ///< of the output
};

extern const Operator reshape_operator;

/// The same values under other dimensions: the tensor itself where they are its own, a constant that shares its values,
/// or the output of a new Reshape node "NAME/reshape".
TensorId reshaped(Graph& graph, TensorId id, const Dims& dims, const std::string& name);

/// The dimensions that Reshape, Flatten, Squeeze or Unsqueeze give an input of these dimensions. Fails where an axis or
/// a size does not suit.
Dims reshaped_dims(const OnnxNode& node, const Graph& graph, const Dims& input);

}  // namespace snug
