// Tensors whose bytes lie in a file beside the model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace snug {

/// The `needed_bytes` of a tensor with external data. Reads only regular files within `folder`, where the model lies.
/// Throws UserError with the cause alone.
std::string external_data(const onnx::TensorProto& proto, const std::filesystem::path& folder, int64_t needed_bytes);

}  // namespace snug
