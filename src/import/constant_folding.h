// Evaluates ONNX nodes whose inputs are constant, at import, because shape rules need the values.
#pragma once

#include <string>

#include "graph/operator.h"

namespace snug {

/// Whether fold_constant evaluates this operator.
bool can_fold(const std::string& operator_type);

/// Whether the operator reads its input's dimensions alone, so that it folds whatever the input is.
bool reads_only_dims(const std::string& operator_type);

/// The node's output, named outputs[0]. All its inputs are constant, or it reads their dimensions alone.
/// Fails through node.fail().
Tensor fold_constant(const OnnxNode& node, const Graph& graph);

}  // namespace snug
