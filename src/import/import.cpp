#include "import/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "graph/operator.h"
#include "import/check_model.h"
#include "import/check_node.h"
#include "import/constant_folding.h"
#include "import/input_shapes.h"
#include "import/model_nodes.h"
#include "import/onnx_decode.h"

namespace snug {

OnnxModel read_model(const std::filesystem::path& file) {
  OnnxModel model{.file = file.string(), .bytes = {}, .sha256 = {}};
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) throw UserError(model.file + ": no such file");
  if (std::filesystem::is_directory(file, ignored)) throw UserError(model.file + ": is a folder, not an ONNX file");
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (stream) {
    model.bytes.resize(static_cast<size_t>(std::max<std::streamoff>(stream.tellg(), 0)));
    stream.seekg(0);
    stream.read(model.bytes.data(), static_cast<std::streamsize>(model.bytes.size()));
  }
  if (!stream) throw UserError(model.file + ": cannot be read; check its permissions");
  model.sha256 = sha256(model.bytes);
  return model;
}

namespace {

/// A graph that grows node by node. Tensors are found by their ONNX names.
struct Growth {
  Graph graph;
  std::map<std::string, TensorId> ids;
  std::filesystem::path folder;
  int64_t opset = 0;
  int64_t folding_budget_bytes = kFoldingBudgetBytes;
};

/// The tensor of this name; an initialiser is decoded when the first node reads it.
TensorId tensor_named(Growth& growth, const ModelNodes& model, const std::string& name, const std::string& reader) {
  if (name.empty()) return kNoTensor;
  if (const auto found = growth.ids.find(name); found != growth.ids.end()) return found->second;
  const auto initializer = model.initializers.find(name);
  if (initializer == model.initializers.end()) {
    throw UserError(fmt::format(
        "node \"{}\" reads \"{}\", which no input, initialiser or node gives; the file is damaged", reader, name));
  }
  return growth.ids[name] = add_tensor(growth.graph, decode_tensor(*initializer->second, growth.folder));
}

OnnxNode decode_node(Growth& growth, const ModelNodes& model, size_t index) {
  const onnx::NodeProto& proto = *model.nodes[index];
  OnnxNode node;
  node.name = model.names[index];
  node.operator_type = proto.op_type();
  node.opset = growth.opset;
  try {
    node.attributes = decode_attributes(proto, growth.folder);
  } catch (const UserError& error) {
    node.fail(error.what());
  }
  for (const std::string& input : proto.input()) {
    node.inputs.push_back(tensor_named(growth, model, input, node.name));
  }
  node.outputs.assign(proto.output().begin(), proto.output().end());
  return node;
}

void check_outputs(const OnnxNode& node, const ModelNodes& model) {
  for (size_t i = 1; i < node.outputs.size(); ++i) {
    if (model.tensors.count(node.outputs[i]) == 0) continue;
    node.fail(fmt::format("its output \"{}\" is used; snug computes the first output only", node.outputs[i]));
  }
}

void add_model_node(Growth& growth, const OnnxNode& node) {
  const bool constant = std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
    return id == kNoTensor || growth.graph.tensor(id).constant != nullptr;
  });
  const bool folds = reads_only_dims(node.operator_type) || (constant && can_fold(node.operator_type));
  const Operator* op = operator_for_onnx(node.operator_type);
  const OnnxOperator* known =
      op != nullptr ? onnx_operator_of(*op, node.operator_type) : folded_operator(node.operator_type);
  CHECK(known != nullptr, node.name);
  check_node(node, *known);
  TensorId& id = growth.ids[node.outputs[0]];
  if (folds) {
    id = add_tensor(growth.graph, fold_constant(node, growth.graph, growth.folding_budget_bytes));
    return;
  }
  CHECK(op != nullptr, node.name);
  id = op->import_onnx(node, growth.graph);
}

/// From here on names are only shown. They may hold anything: escapes of the terminal, line ends, bytes of no script.
void make_names_printable(Graph& graph) {
  for (Tensor& tensor : graph.tensors) tensor.name = printable(tensor.name);
  for (Node& node : graph.nodes) node.name = printable(node.name);
}

/// Nodes that rooms add beside the model's own ("conv1/reshape") may meet a name of the model.
void make_names_unique(Graph& graph) {
  std::set<std::string> taken;
  std::map<std::string, int> numbers;  // the last number that each name was given
  for (Node& node : graph.nodes) {
    const std::string base = node.name;
    int& number = numbers.try_emplace(base, 1).first->second;
    while (!taken.insert(node.name).second) node.name = fmt::format("{}_{}", base, ++number);
  }
}

void set_outputs(Growth& growth, const ModelNodes& model) {
  for (const std::string& name : model.outputs) {
    const TensorId id = growth.ids.at(name);
    if (growth.graph.tensor(id).constant) {
      throw UserError(
          fmt::format("output \"{}\" is constant: it does not depend on any input; name others with --outputs", name));
    }
    growth.graph.outputs.push_back(id);
  }
}

Graph import_model(const OnnxModel& file, const ImportOptions& options) {
  const std::filesystem::path path(file.file);
  const onnx::ModelProto proto = parse_model(file.bytes);
  Growth growth;
  growth.opset = operator_set(proto);
  check_model(proto);
  const ModelNodes model = needed_nodes(proto.graph(), options.outputs);
  check_supported(model);
  growth.graph.name = path.stem().string();
  growth.folder = path.parent_path();
  for (Tensor& tensor : input_tensors(proto.graph(), model.tensors, options)) {
    const TensorId id = add_tensor(growth.graph, tensor);
    growth.ids[tensor.name] = id;
    growth.graph.inputs.push_back(id);
  }
  for (size_t i = 0; i < model.nodes.size(); ++i) {
    const OnnxNode node = decode_node(growth, model, i);
    add_model_node(growth, node);
    check_outputs(node, model);
  }
  set_outputs(growth, model);
  check_declared_outputs(proto.graph(), growth.graph);
  Graph graph = without_unused(growth.graph);
  // An input whose dimensions alone were read is constant by now.
  const auto readers = consumers(graph);
  std::erase_if(graph.inputs, [&](TensorId id) { return readers[static_cast<size_t>(id)].empty(); });
  make_names_printable(graph);
  make_names_unique(graph);
  return verified(std::move(graph));
}

}  // namespace

Graph import_onnx(const OnnxModel& model, const ImportOptions& options) {
  try {
    return import_model(model, options);
  } catch (const UserError& error) {
    throw UserError(fmt::format("{}: {}", model.file, error.what()));
  }
}

}  // namespace snug
