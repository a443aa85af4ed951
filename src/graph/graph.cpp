#include "graph/graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"
#include "graph/operator.h"

namespace snug {

int64_t element_bytes(ElementType type) {
  return type == ElementType::kFloat32 ? 4 : 8;
}

int64_t element_count(const Dims& dims) {
  int64_t count = 1;
  for (const int64_t dim : dims) {
    // Saturates: a damaged model may state any dimensions, and the limits on sizes must still see them as too large.
    if (__builtin_mul_overflow(count, dim, &count)) return std::numeric_limits<int64_t>::max();
  }
  return count;
}

std::string text(const Dims& dims) {
  return dims.empty() ? "scalar" : fmt::format("{}", fmt::join(dims, "x"));
}

Images images(const Dims& dims) {
  Images result;
  const size_t rank = dims.size();
  if (rank == 1) result.map.channels = dims[0];
  if (rank < 2) return result;
  result.batch = dims[0];
  result.map.channels = dims[1];
  if (rank >= 3) result.map.width = dims[rank - 1];
  for (size_t i = 2; i + 1 < rank; ++i) result.map.height *= dims[i];
  return result;
}

std::vector<TensorId> data_inputs(const Graph& graph, const Node& node) {
  std::vector<TensorId> found;
  for (const TensorId id : node.inputs) {
    if (id != kNoTensor && !graph.tensor(id).constant) found.push_back(id);
  }
  return found;
}

const Constant* input_constant(const Graph& graph, const Node& node, int index) {
  if (index < 0 || static_cast<size_t>(index) >= node.inputs.size()) return nullptr;
  const TensorId id = node.inputs[static_cast<size_t>(index)];
  return id == kNoTensor ? nullptr : graph.tensor(id).constant.get();
}

std::vector<std::vector<int>> consumers(const Graph& graph) {
  std::vector<std::vector<int>> readers(graph.tensors.size());
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    for (const TensorId id : graph.nodes[index].inputs) {
      if (id == kNoTensor) continue;
      std::vector<int>& list = readers.at(static_cast<size_t>(id));
      if (list.empty() || list.back() != static_cast<int>(index)) list.push_back(static_cast<int>(index));
    }
  }
  return readers;
}

std::vector<int> producers(const Graph& graph) {
  std::vector<int> producer(graph.tensors.size(), -1);
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    producer.at(static_cast<size_t>(graph.nodes[index].output)) = static_cast<int>(index);
  }
  return producer;
}

TensorId add_tensor(Graph& graph, Tensor tensor) {
  graph.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph.tensors.size()) - 1;
}

TensorId add_constant(Graph& graph, std::string name, Dims dims, std::vector<float> floats) {
  CHECK(element_count(dims) == static_cast<int64_t>(floats.size()), name);
  auto constant = std::make_shared<Constant>();
  constant->floats = std::move(floats);
  return add_tensor(graph, {std::move(name), ElementType::kFloat32, std::move(dims), std::move(constant)});
}

/// Which nodes lie on a path to an output.
static std::vector<bool> needed_nodes(const Graph& graph) {
  std::vector<bool> tensor_needed(graph.tensors.size(), false);
  std::vector<bool> node_needed(graph.nodes.size(), false);
  for (const TensorId id : graph.outputs) tensor_needed.at(static_cast<size_t>(id)) = true;
  for (size_t index = graph.nodes.size(); index-- > 0;) {
    const Node& node = graph.nodes[index];
    if (!tensor_needed.at(static_cast<size_t>(node.output))) continue;
    node_needed[index] = true;
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor) tensor_needed.at(static_cast<size_t>(id)) = true;
    }
  }
  return node_needed;
}

Graph without_unused(const Graph& graph) {
  Graph result;
  result.name = graph.name;
  std::vector<TensorId> renamed(graph.tensors.size(), kNoTensor);
  const auto keep = [&](TensorId id) {
    if (id == kNoTensor) return kNoTensor;
    TensorId& target = renamed.at(static_cast<size_t>(id));
    if (target == kNoTensor) target = add_tensor(result, graph.tensor(id));
    return target;
  };
  for (const TensorId id : graph.inputs) result.inputs.push_back(keep(id));
  const std::vector<bool> needed = needed_nodes(graph);
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    if (!needed[index]) continue;
    Node node = graph.nodes[index];
    for (TensorId& id : node.inputs) id = keep(id);
    node.output = keep(node.output);
    result.nodes.push_back(std::move(node));
  }
  for (const TensorId id : graph.outputs) result.outputs.push_back(keep(id));
  return result;
}

static std::string node_line(const Graph& graph, const Node& node) {
  std::vector<std::string> inputs;
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor) {
      inputs.push_back("-");
      continue;
    }
    const Tensor& tensor = graph.tensor(id);
    inputs.push_back(fmt::format("{}{} {}", tensor.constant ? "constant " : "", tensor.name, text(tensor.dims)));
  }
  const Tensor& output = graph.tensor(node.output);
  const std::string details = node.op->describe ? node.op->describe(node) : "";
  return fmt::format("{}: {}{}{} ({}) -> {} {}\n", node.name, node.onnx_operator, details.empty() ? "" : " ", details,
                     fmt::join(inputs, ", "), output.name, text(output.dims));
}

std::string text(const Graph& graph) {
  std::string result = fmt::format("graph {}\n", graph.name);
  for (const TensorId id : graph.inputs) {
    result += fmt::format("input {} {}\n", graph.tensor(id).name, text(graph.tensor(id).dims));
  }
  for (const Node& node : graph.nodes) result += node_line(graph, node);
  for (const TensorId id : graph.outputs) {
    result += fmt::format("output {} {}\n", graph.tensor(id).name, text(graph.tensor(id).dims));
  }
  return result;
}

}  // namespace snug
