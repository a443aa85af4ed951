// The network as typed operators over statically shaped tensors: plain values, in topological order.
#pragma once

#include <any>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/layout.h"

namespace snug {

using TensorId = int;
inline constexpr TensorId kNoTensor = -1;
using Dims = std::vector<int64_t>;

enum class ElementType { kFloat32, kInt64 };
int64_t element_bytes(ElementType type);

/// A constant's values, row-major; `floats` or `integers` is filled according to the tensor's type.
struct Constant {
  std::vector<float> floats;
  std::vector<int64_t> integers;
};

struct Tensor {
  std::string name;
  ElementType type = ElementType::kFloat32;
  Dims dims;                                 ///< static, all positive; {} is a scalar
  std::shared_ptr<const Constant> constant;  ///< null for what is computed at run time
};

struct Operator;

/// One operator at work. `attributes` holds the struct that the operator's room declares (Conv, Pool, ...).
/// `inputs` are in the room's order; an absent optional input is kNoTensor.
struct Node {
  std::string name;           ///< the ONNX node's name, made unique; what reports and emitted code call the layer
  std::string onnx_operator;  ///< "Conv"; several, "Conv+Relu", after a rewrite fused them
  const Operator* op = nullptr;
  std::any attributes;
  std::vector<TensorId> inputs;
  TensorId output = kNoTensor;
};

/// Nodes are in topological order; every tensor has at most one producer; `inputs` and `outputs` are the
/// network's own. Tensors that nothing uses may remain in `tensors`.
struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;
  std::vector<TensorId> inputs, outputs;

  const Tensor& tensor(TensorId id) const { return tensors.at(static_cast<size_t>(id)); }
  Tensor& tensor(TensorId id) { return tensors.at(static_cast<size_t>(id)); }
};

template <typename Attributes>
const Attributes& attributes(const Node& node) {
  return *std::any_cast<Attributes>(&node.attributes);
}
template <typename Attributes>
Attributes& attributes(Node& node) {
  return *std::any_cast<Attributes>(&node.attributes);
}

int64_t element_count(const Dims& dims);
std::string text(const Dims& dims);  ///< "1x3x224x224"

/// A tensor as images of a feature map: dimension 0 is the batch, 1 the channels, the last the width, and all
/// between them the height. A vector (rank 1) has channels only, a matrix no height and width.
struct Images {
  int64_t batch = 1;
  MapShape map;
};
Images images(const Dims& dims);

/// Inputs of a node that are computed at run time, in order (constants and absent ones left out).
std::vector<TensorId> data_inputs(const Graph& graph, const Node& node);

/// The constant that a node has as this input (an index into node.inputs, or -1), or null.
const Constant* input_constant(const Graph& graph, const Node& node, int index);

/// Indices of the nodes that read each tensor, in order, once per node.
std::vector<std::vector<int>> consumers(const Graph& graph);

/// Index of the node that produces each tensor, -1 for inputs and constants.
std::vector<int> producers(const Graph& graph);

/// Adds a tensor and returns its id.
TensorId add_tensor(Graph& graph, Tensor tensor);

/// Adds a float constant and returns its id.
TensorId add_constant(Graph& graph, std::string name, Dims dims, std::vector<float> floats);

/// Drops nodes that no output needs, and tensors that nothing mentions; ids change.
Graph without_unused(const Graph& graph);

/// Returns the graph if it keeps what this header promises and every output's shape is what its operator's
/// shape rule says; CHECK-fails otherwise.
Graph verified(Graph graph);

/// One line per node, for --trace and golden tests.
std::string text(const Graph& graph);

}  // namespace snug
