// Whether a node is what ONNX says of its operator.
#pragma once

#include "graph/operator.h"

namespace snug {

/// Attributes that the operator does not have or has with another type, too few or too many inputs, too many outputs.
/// Before operator set 6 every operator may have consumed_inputs. Fails through node.fail().
void check_node(const OnnxNode& node, const OnnxOperator& known);

}  // namespace snug
