// ONNX's own messages (protobuf) → values of snug.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <string>

#include "graph/operator.h"

namespace snug {

/// Throws UserError with the cause alone: empty, not ONNX, truncated, damaged, too large.
onnx::ModelProto parse_model(const std::string& bytes);

/// The newest version of the operators of ai.onnx that snug knows. A newer one may change what an operator does, so it
/// is refused. ONNX 1.20 has this one.
inline constexpr int64_t kNewestOperatorSet = 25;

/// The version of the operator set of ai.onnx. Throws UserError if the model names none, or one that snug does not
/// know.
int64_t operator_set(const onnx::ModelProto& model);

/// Whether the node's operator belongs to ai.onnx.
bool is_standard(const onnx::NodeProto& node);

/// A constant: float, double, float16 and bfloat16 become float32, int32, int64 and bool become int64. `folder` is
/// where external data lies. Throws UserError with the tensor's name.
Tensor decode_tensor(const onnx::TensorProto& proto, const std::filesystem::path& folder);

/// The node's attributes. Throws UserError with the cause alone: a type that OnnxNode does not know, one name twice.
std::map<std::string, OnnxNode::Attribute> decode_attributes(const onnx::NodeProto& node,
                                                             const std::filesystem::path& folder);

/// "int64", "float16": an ONNX element type, for messages.
std::string element_type_name(int32_t type);

}  // namespace snug
