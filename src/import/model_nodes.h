// The nodes of an ONNX model that its outputs need, named, and what of them snug does not support.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace snug {

/// The part of a model that some outputs need.
struct ModelNodes {
  std::vector<std::string> outputs;           ///< tensors
  std::vector<const onnx::NodeProto*> nodes;  ///< each behind those that it reads; in the model's order if that is such
  std::vector<std::string> names;             ///< of the nodes: unique, never empty
  std::set<std::string> tensors;              ///< that the nodes read or that are outputs
  std::map<std::string, const onnx::TensorProto*> initializers;  ///< of the whole model
};

/// Cuts the model to `outputs`, or to its own where there are none. Throws UserError: an output that no node computes,
/// nodes in a circle, a sparse initialiser.
ModelNodes needed_nodes(const onnx::GraphProto& graph, const std::vector<std::string>& outputs);

/// Throws UserError with every node whose operator snug does not know, and where the model can be cut before them.
void check_supported(const ModelNodes& model);

}  // namespace snug
