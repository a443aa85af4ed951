#include "import/input_shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "graph/operator.h"
#include "import/onnx_decode.h"

namespace snug {

std::vector<const onnx::ValueInfoProto*> network_inputs(const onnx::GraphProto& graph) {
  std::set<std::string> initializers;
  for (const auto& initializer : graph.initializer()) initializers.insert(initializer.name());
  std::vector<const onnx::ValueInfoProto*> inputs;
  for (const auto& input : graph.input()) {
    if (initializers.count(input.name()) == 0) inputs.push_back(&input);
  }
  return inputs;
}

static constexpr int64_t kFree = -1;

/// A dimension in the model: its number, or the one that --shape gives to its name, or kFree.
static int64_t model_dim(const onnx::TensorShapeProto::Dimension& dim, const ImportOptions& options) {
  if (dim.has_dim_value() && dim.dim_value() > 0) return dim.dim_value();
  const auto given = options.shapes.find(dim.dim_param());
  if (dim.dim_param().empty() || given == options.shapes.end()) return kFree;
  if (given->second.size() != 1) {
    throw UserError(
        fmt::format("--shape {}: a dimension takes one number, not {}", dim.dim_param(), text(given->second)));
  }
  return given->second[0];
}

static void check_given(const std::string& name, const Dims& given, const onnx::TypeProto::Tensor& type,
                        const ImportOptions& options) {
  if (!type.has_shape()) return;
  const int rank = type.shape().dim_size();
  if (static_cast<int>(given.size()) != rank) {
    throw UserError(fmt::format("--shape {}={}: the input has {} dimensions", name, text(given), rank));
  }
  for (int i = 0; i < rank; ++i) {
    const int64_t fixed = model_dim(type.shape().dim(i), options);
    if (fixed != kFree && fixed != given[static_cast<size_t>(i)]) {
      throw UserError(fmt::format("--shape {}={}: the model fixes dimension {} to {}", name, text(given), i, fixed));
    }
  }
}

/// --shape data=1x3xNxN: what fixes the free dimensions.
static std::string shape_option(const std::string& name, const Dims& dims) {
  std::vector<std::string> words;
  for (size_t i = 0; i < dims.size(); ++i) {
    words.push_back(dims[i] != kFree ? std::to_string(dims[i]) : i == 0 ? "1" : "N");
  }
  const bool open = std::ranges::find(words, "N") != words.end();
  return fmt::format("--shape {}={}{}", name, join(words, "x"), open ? ", a number for each N" : "");
}

/// "input "data" has free dimensions 2 ("height"), 3", with the option that fixes them.
[[noreturn]] static void fail_free(const std::string& name, const onnx::TensorShapeProto& shape, const Dims& dims) {
  std::vector<std::string> free;
  for (int i = 0; i < shape.dim_size(); ++i) {
    if (dims[static_cast<size_t>(i)] != kFree) continue;
    const std::string& symbol = shape.dim(i).dim_param();
    free.push_back(symbol.empty() ? std::to_string(i) : fmt::format("{} (\"{}\")", i, symbol));
  }
  throw UserError(fmt::format("input \"{}\" has dynamic dimensions: {}\n  Fix them with {}", name, join(free, ", "),
                              shape_option(name, dims)));
}

static Dims input_dims(const onnx::ValueInfoProto& input, const ImportOptions& options) {
  const std::string& name = input.name();
  const onnx::TypeProto::Tensor& type = input.type().tensor_type();
  if (const auto given = options.shapes.find(name); given != options.shapes.end()) {
    check_given(name, given->second, type, options);
    return given->second;
  }
  if (!type.has_shape())
    throw UserError(fmt::format("input \"{}\" has no shape; give one with --shape {}=1x3x224x224", name, name));
  Dims dims;
  for (const auto& dim : type.shape().dim()) dims.push_back(model_dim(dim, options));
  for (size_t i = 0; i < dims.size(); ++i) {
    const auto& dim = type.shape().dim(static_cast<int>(i));
    if (dim.has_dim_value() && dim.dim_value() < 1) {
      throw UserError(fmt::format("input \"{}\" has {} as dimension {}; snug takes 1 or more\n  Give another with {}",
                                  name, dim.dim_value(), i, shape_option(name, dims)));
    }
  }
  const int64_t free = std::count(dims.begin(), dims.end(), kFree);
  if (free == 1 && dims[0] == kFree) {
    dims[0] = 1;
  } else if (free > 0) {
    fail_free(name, type.shape(), dims);
  }
  return dims;
}

static void check_shape_options(const std::vector<const onnx::ValueInfoProto*>& inputs, const ImportOptions& options) {
  std::vector<std::string> known;
  for (const auto* input : inputs) {
    known.push_back(input->name());
    for (const auto& dim : input->type().tensor_type().shape().dim()) {
      if (!dim.dim_param().empty()) known.push_back(dim.dim_param());
    }
  }
  for (const auto& [name, dims] : options.shapes) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::string near = closest(name, known);
      throw UserError(fmt::format("--shape {}: the model has no such input or dimension; {}", name,
                                  near.empty() ? "it has " + join(known, ", ") : "did you mean " + near + "?"));
    }
    for (const int64_t dim : dims) {
      if (dim < 1) throw UserError(fmt::format("--shape {}={}: dimensions are 1 or more", name, text(dims)));
    }
  }
}

std::vector<Tensor> input_tensors(const onnx::GraphProto& graph, const std::set<std::string>& needed,
                                  const ImportOptions& options) {
  const std::vector<const onnx::ValueInfoProto*> inputs = network_inputs(graph);
  check_shape_options(inputs, options);
  std::vector<Tensor> tensors;
  for (const auto* input : inputs) {
    const std::string& name = input->name();
    if (needed.count(name) == 0) continue;
    const int32_t type = input->type().tensor_type().elem_type();
    if (!input->type().has_tensor_type() || type != onnx::TensorProto::FLOAT) {
      throw UserError(fmt::format("input \"{}\" holds {}; snug takes float inputs, export the model with them", name,
                                  input->type().has_tensor_type() ? element_type_name(type) : "no tensor"));
    }
    Dims dims = input_dims(*input, options);
    if (padded_element_count(dims) > kMostMapElements) {
      throw UserError(fmt::format("input \"{}\" is {}; {}", name, text(dims), kMapLimit));
    }
    tensors.push_back({name, ElementType::kFloat32, std::move(dims), nullptr});
  }
  return tensors;
}

}  // namespace snug
