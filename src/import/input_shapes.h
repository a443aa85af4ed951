// What the network's inputs look like: the model's own dimensions, completed by --shape.
#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>

#include "import/import.h"

namespace snug {

/// Inputs that are no initialisers.
std::vector<const onnx::ValueInfoProto*> network_inputs(const onnx::GraphProto& graph);

/// Float tensors with static dimensions for those inputs that are needed, in the model's order. A batch (dimension 0)
/// that is the only free dimension is 1. Throws UserError: free dimensions, another element type, a --shape that
/// names nothing or contradicts the model.
std::vector<Tensor> input_tensors(const onnx::GraphProto& graph, const std::set<std::string>& needed,
                                  const ImportOptions& options);

}  // namespace snug
