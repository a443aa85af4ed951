#include "ops/reshape/reshape.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

/// Reshape: 0 copies the input's dimension unless allowzero, one -1 takes what is left.
static Dims read_reshape(const OnnxNode& node, const Graph& graph, const Dims& input) {
  if (node.opset >= 5) required_input(node, graph, 1, "shape");
  Dims dims = node.opset >= 5 ? constant_integers(node, graph, 1, "shape", {}) : node.integers("shape", {});
  const bool allow_zero = node.integer("allowzero", 0) != 0;
  int64_t known = 1;
  auto rest = dims.end();
  for (auto dim = dims.begin(); dim != dims.end(); ++dim) {
    const size_t index = static_cast<size_t>(dim - dims.begin());
    if (*dim == 0 && !allow_zero) {
      if (index >= input.size()) node.fail(fmt::format("its shape copies dimension {} of {}", index, text(input)));
      *dim = input[index];
    }
    if (*dim < -1) node.fail(fmt::format("its shape holds {}", *dim));
    if (*dim != -1) {
      known = element_count({known, *dim});
      continue;
    }
    if (rest != dims.end()) node.fail("its shape holds -1 twice");
    rest = dim;
  }
  const int64_t elements = element_count(input);
  if (rest != dims.end() && known > 0) *rest = elements / known;
  if (element_count(dims) != elements || std::count(dims.begin(), dims.end(), -1) != 0) {
    node.fail(fmt::format("its shape {} does not hold the {} values of {}", text(dims), elements, text(input)));
  }
  return dims;
}

static Dims read_flatten(const OnnxNode& node, const Dims& input) {
  const int64_t rank = static_cast<int64_t>(input.size());
  int64_t axis = node.integer("axis", 1);
  if (axis < -rank || axis > rank) node.fail(fmt::format("axis {} is outside the input's {} dimensions", axis, rank));
  if (axis < 0) axis += rank;
  const auto middle = input.begin() + axis;
  return {element_count({input.begin(), middle}), element_count({middle, input.end()})};
}

/// The axes of Squeeze and Unsqueeze: an attribute before opset 13, an input since.
static std::set<int64_t> read_axes(const OnnxNode& node, const Graph& graph, size_t rank) {
  const std::vector<int64_t> attribute = node.integers("axes", {});
  std::set<int64_t> axes;
  for (const int64_t axis : constant_integers(node, graph, 1, "axes", attribute)) {
    if (!axes.insert(front_axis(node, axis, rank)).second) node.fail(fmt::format("axis {} stands twice", axis));
  }
  return axes;
}

static Dims read_squeeze(const OnnxNode& node, const Graph& graph, const Dims& input) {
  const bool all = !node.has("axes") && node.input(1) == kNoTensor;
  const std::set<int64_t> axes = read_axes(node, graph, input.size());
  Dims dims;
  for (size_t i = 0; i < input.size(); ++i) {
    const bool named = axes.count(static_cast<int64_t>(i)) != 0;
    if (named && input[i] != 1) node.fail(fmt::format("dimension {} of {} is not 1", i, text(input)));
    if (!named && !(all && input[i] == 1)) dims.push_back(input[i]);
  }
  return dims;
}

static Dims read_unsqueeze(const OnnxNode& node, const Graph& graph, const Dims& input) {
  if (node.opset >= 13) required_input(node, graph, 1, "axes");
  if (node.opset < 13) node.require("axes");
  const size_t count = node.input(1) != kNoTensor ? constant_integers(node, graph, 1, "axes", {}).size()
                                                  : node.integers("axes", {}).size();
  const size_t rank = input.size() + count;
  const std::set<int64_t> axes = read_axes(node, graph, rank);
  Dims dims;
  size_t next = 0;
  for (size_t i = 0; i < rank; ++i) dims.push_back(axes.count(static_cast<int64_t>(i)) != 0 ? 1 : input[next++]);
  return dims;
}

Dims reshaped_dims(const OnnxNode& node, const Graph& graph, const Dims& input) {
  if (node.operator_type == "Flatten") return read_flatten(node, input);
  if (node.operator_type == "Squeeze") return read_squeeze(node, graph, input);
  if (node.operator_type == "Unsqueeze") return read_unsqueeze(node, graph, input);
  return read_reshape(node, graph, input);
}

static TensorId import_reshape(const OnnxNode& node, Graph& graph) {
  const Reshape reshape{reshaped_dims(node, graph, required_input(node, graph, 0, "x").dims)};
  return add_node(graph, reshape_operator, node.name, node.operator_type, reshape, {node.input(0)}, node.outputs[0]);
}

TensorId reshaped(Graph& graph, TensorId id, const Dims& dims, const std::string& name) {
  const Tensor tensor = graph.tensor(id);
  if (tensor.dims == dims) return id;
  CHECK(element_count(tensor.dims) == element_count(dims), name);
  if (tensor.constant) return add_tensor(graph, {tensor.name, tensor.type, dims, tensor.constant});
  return add_node(graph, reshape_operator, name + "/reshape", "Reshape", Reshape{dims}, {id},
                  fmt::format("{} as {}", tensor.name, text(dims)));
}

static Dims reshape_dims(const Graph& graph, const Node& node) {
  const Dims& dims = attributes<Reshape>(node).dims;
  const Dims& input = graph.tensor(node.inputs.at(0)).dims;
  if (element_count(dims) != element_count(input)) {
    throw UserError(fmt::format("{} does not hold the values of {}", text(dims), text(input)));
  }
  return dims;
}

static std::string describe_reshape(const Node& node) {
  return "to " + text(attributes<Reshape>(node).dims);
}

const Operator reshape_operator{
    .name = "reshape",
    .onnx_operators =
        {{.name = "Reshape",
          .inputs = {1, 2},
          .attributes = {{"shape", kIntegers}, {"allowzero", kInteger}},
          .restrictions = "constant shape"},
         {.name = "Flatten", .attributes = {{"axis", kInteger}}},
         {.name = "Squeeze", .inputs = {1, 2}, .attributes = {{"axes", kIntegers}}, .restrictions = "constant axes"},
         {.name = "Unsqueeze", .inputs = {1, 2}, .attributes = {{"axes", kIntegers}}, .restrictions = "constant axes"}},
    .import_onnx = import_reshape,
    .output_dims = reshape_dims,
    .lower = lower_alias,
    .describe = describe_reshape,
};

}  // namespace snug
