// Evaluates ONNX nodes whose inputs are constant, at import, because shape rules need the values.
#pragma once

#include <string>

#include "graph/operator.h"

namespace snug {

/// What all constants of one model that nodes compute may take together: a few bytes of model can ask for any amount.
/// Networks with weights by ConstantOfShape are as large as VGG19, 548 MiB.
inline constexpr int64_t kFoldingBudgetBytes = int64_t{640} << 20;

/// Whether fold_constant evaluates this operator.
bool can_fold(const std::string& operator_type);

/// Whether the operator reads its input's dimensions alone, so that it folds whatever the input is.
bool reads_only_dims(const std::string& operator_type);

/// What ONNX says of an operator that is only folded, never imported by a room; null for others.
const OnnxOperator* folded_operator(const std::string& operator_type);

/// The node's output, named outputs[0]. All its inputs are constant, or it reads their dimensions alone. Takes the
/// bytes of its new values from the budget before it makes them. Fails through node.fail().
Tensor fold_constant(const OnnxNode& node, const Graph& graph, int64_t& budget_bytes);

}  // namespace snug
