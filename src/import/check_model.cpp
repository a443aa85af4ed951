#include "import/check_model.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "import/onnx_decode.h"

namespace snug {

/// What gives each value its name. An initialiser may be listed as an input, too: its default.
static void check_names(const onnx::GraphProto& graph) {
  std::set<std::string_view> initializers, inputs, nodes, outputs;
  const auto once = [](std::set<std::string_view>& taken, std::string_view name, std::string_view what) {
    if (!taken.insert(name).second)
      throw UserError(fmt::format("{} \"{}\" stands twice; the file is damaged", what, name));
  };
  for (const auto& tensor : graph.initializer()) once(initializers, tensor.name(), "initialiser");
  for (const auto& tensor : graph.sparse_initializer()) once(initializers, tensor.values().name(), "initialiser");
  for (const auto& input : graph.input()) once(inputs, input.name(), "input");
  for (const auto& output : graph.output()) once(outputs, output.name(), "output");
  for (const auto& node : graph.node()) {
    for (const std::string& name : node.output()) {
      if (name.empty()) continue;
      if (!nodes.insert(name).second)
        throw UserError(fmt::format("two nodes compute \"{}\"; the file is damaged", name));
      if (inputs.count(name) + initializers.count(name) == 0) continue;
      throw UserError(fmt::format("a node ({}) computes \"{}\", which is an {}, too; the file is damaged",
                                  node.op_type(), name, inputs.count(name) != 0 ? "input" : "initialiser"));
    }
  }
}

static void check_functions(const onnx::ModelProto& model) {
  std::set<std::string> own;
  for (const auto& function : model.functions()) {
    if (function.domain().empty() || function.domain() == "ai.onnx") own.insert(function.name());
  }
  if (own.empty()) return;
  for (const auto& node : model.graph().node()) {
    if (is_standard(node) && own.count(node.op_type()) != 0) {
      throw UserError(fmt::format("redefines the operator {} by a function; export the model with functions inlined",
                                  node.op_type()));
    }
  }
}

void check_model(const onnx::ModelProto& model) {
  check_names(model.graph());
  check_functions(model);
}

static void check_declared(const onnx::ValueInfoProto& output, const Tensor& tensor) {
  if (!output.has_type()) return;
  const auto& type = output.type().tensor_type();
  const auto fail = [&](const std::string& declared, const std::string& computed) {
    throw UserError(fmt::format("output \"{}\" is declared as {}, but the nodes give {}; the file is damaged",
                                output.name(), declared, computed));
  };
  if (!output.type().has_tensor_type()) fail("no tensor", "one");
  const bool typed = type.elem_type() != onnx::TensorProto::UNDEFINED;
  if (typed && type.elem_type() != onnx::TensorProto::FLOAT) fail(element_type_name(type.elem_type()), "float");
  if (!type.has_shape()) return;
  Dims declared;
  bool same = static_cast<size_t>(type.shape().dim_size()) == tensor.dims.size();
  for (const auto& dim : type.shape().dim()) {
    const size_t i = declared.size();
    declared.push_back(dim.has_dim_value() || i >= tensor.dims.size() ? dim.dim_value() : tensor.dims[i]);
    same = same && (i == 0 || declared[i] == tensor.dims[i]);
  }
  if (!same) fail(text(declared), text(tensor.dims));
}

void check_declared_outputs(const onnx::GraphProto& model, const Graph& graph) {
  std::map<std::string_view, const onnx::ValueInfoProto*> declared;
  for (const auto& output : model.output()) declared[output.name()] = &output;
  for (const TensorId id : graph.outputs) {
    const Tensor& tensor = graph.tensor(id);
    const auto found = declared.find(tensor.name);
    if (found != declared.end()) check_declared(*found->second, tensor);
  }
}

}  // namespace snug
