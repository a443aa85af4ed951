// What graph.h promises, checked at the boundary of every stage.
#include <set>
#include <string>

#include "base/error.h"
#include "graph/graph.h"
#include "graph/operator.h"

namespace snug {

static void verify_tensor(const Tensor& tensor) {
  for (const int64_t dim : tensor.dims) {
    CHECK(dim > 0 || (dim == 0 && tensor.constant), tensor.name + " " + text(tensor.dims));
  }
  if (!tensor.constant) return;
  const bool real = tensor.type == ElementType::kFloat32;
  const size_t values = real ? tensor.constant->floats.size() : tensor.constant->integers.size();
  CHECK(static_cast<int64_t>(values) == element_count(tensor.dims), tensor.name + " " + text(tensor.dims));
}

static Dims rule_dims(const Graph& graph, const Node& node) {
  try {
    return node.op->output_dims(graph, node);
  } catch (const UserError& error) {
    check_failed(__FILE__, __LINE__, "shape rule", node.name + ": " + error.what());
  }
}

static void verify_node(const Graph& graph, const Node& node, const std::vector<bool>& written) {
  CHECK(node.op != nullptr, node.name);
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor) continue;
    CHECK(id >= 0 && id < static_cast<TensorId>(graph.tensors.size()), node.name);
    CHECK(graph.tensor(id).constant || written[static_cast<size_t>(id)], node.name + " reads " + graph.tensor(id).name);
  }
  const TensorId id = node.output;
  CHECK(id >= 0 && id < static_cast<TensorId>(graph.tensors.size()), node.name);
  const Tensor& output = graph.tensor(id);
  CHECK(!written[static_cast<size_t>(id)] && !output.constant, output.name + " is written twice");
  CHECK(output.type == ElementType::kFloat32, output.name);
  const Dims expected = rule_dims(graph, node);
  CHECK(output.dims == expected, node.name + ": " + text(output.dims) + ", by its rule " + text(expected));
}

Graph verified(Graph graph) {
  for (const Tensor& tensor : graph.tensors) verify_tensor(tensor);
  std::vector<bool> written(graph.tensors.size(), false);
  for (const TensorId id : graph.inputs) {
    CHECK(id >= 0 && id < static_cast<TensorId>(graph.tensors.size()) && !graph.tensor(id).constant);
    CHECK(!written[static_cast<size_t>(id)], graph.tensor(id).name + " is an input twice");
    written[static_cast<size_t>(id)] = true;
  }
  std::set<std::string> names;
  for (const Node& node : graph.nodes) {
    CHECK(!node.name.empty() && names.insert(node.name).second, "node name \"" + node.name + "\"");
    verify_node(graph, node, written);
    written[static_cast<size_t>(node.output)] = true;
  }
  CHECK(!graph.outputs.empty());
  for (const TensorId id : graph.outputs) {
    CHECK(id >= 0 && id < static_cast<TensorId>(graph.tensors.size()) && written[static_cast<size_t>(id)]);
  }
  return graph;
}

}  // namespace snug
