// ONNX file → Graph.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace snug {

struct ImportOptions {
  std::map<std::string, Dims> shapes;  ///< --shape name=1x3x224x224: dims of network inputs; a name of a
                                       ///< symbolic dimension takes one number
  std::vector<std::string> outputs;    ///< --outputs: any inner tensors; empty: the model's own
};

/// The bytes of a model file, its name and its SHA-256.
struct OnnxModel {
  std::string file;
  std::string bytes;
  std::string sha256;
};

/// Throws UserError: no such file, not readable.
OnnxModel read_model(const std::filesystem::path& file);

/// Throws UserError: not ONNX, truncated, unsupported operators (all in one message), dynamic shape, unknown
/// output.
Graph import_onnx(const OnnxModel& model, const ImportOptions& options = {});

}  // namespace snug
