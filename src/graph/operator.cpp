#include "graph/operator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace snug {

template <typename Value>
static Value attribute_or(const OnnxNode& node, const std::string& attribute, const Value& otherwise,
                          std::string_view type) {
  const auto found = node.attributes.find(attribute);
  if (found == node.attributes.end()) return otherwise;
  if (const Value* value = std::get_if<Value>(&found->second)) return *value;
  node.fail(fmt::format("attribute \"{}\" is not {}", attribute, type));
}

void OnnxNode::require(const std::string& attribute) const {
  if (!has(attribute)) fail(fmt::format("attribute \"{}\" is missing", attribute));
}

int64_t OnnxNode::integer(const std::string& attribute, int64_t otherwise) const {
  return attribute_or(*this, attribute, otherwise, "an integer");
}

float OnnxNode::real(const std::string& attribute, float otherwise) const {
  const float value = limit(attribute, otherwise);
  if (std::isinf(value)) fail(fmt::format("attribute \"{}\" is infinite", attribute));
  return value;
}

float OnnxNode::limit(const std::string& attribute, float otherwise) const {
  const float value = attribute_or(*this, attribute, otherwise, "a float");
  if (std::isnan(value)) fail(fmt::format("attribute \"{}\" is NaN", attribute));
  return value;
}

std::string OnnxNode::string(const std::string& attribute, const std::string& otherwise) const {
  return attribute_or(*this, attribute, otherwise, "a string");
}

std::vector<int64_t> OnnxNode::integers(const std::string& attribute, const std::vector<int64_t>& otherwise) const {
  return attribute_or(*this, attribute, otherwise, "a list of integers");
}

std::string node_title(std::string_view name, std::string_view onnx_operator) {
  return fmt::format("node \"{}\" ({})", name, onnx_operator);
}

void OnnxNode::fail(const std::string& cause) const {
  throw UserError(fmt::format("{}: {}", node_title(name, operator_type), cause));
}

bool has_conv_kernels(std::string_view room) {
  return room == "conv" || room.starts_with("conv_");
}

const OnnxOperator* onnx_operator_of(const Operator& op, std::string_view onnx_operator) {
  const auto found = std::ranges::find(op.onnx_operators, onnx_operator, &OnnxOperator::name);
  return found == op.onnx_operators.end() ? nullptr : &*found;
}

const Operator* operator_for_onnx(std::string_view onnx_operator) {
  for (const Operator* op : all_operators()) {
    if (onnx_operator_of(*op, onnx_operator) != nullptr) return op;
  }
  return nullptr;
}

int64_t padded_element_count(const Dims& dims) {
  if (dims.empty()) return 1;
  Dims padded = dims;
  int64_t& channels = padded[dims.size() < 2 ? 0 : 1];
  if (channels <= kMostMapElements) channels = round_up(channels, 16);
  return element_count(padded);
}

static Dims checked_output_dims(const Graph& graph, const Node& node) {
  if (data_inputs(graph, node).empty())
    throw UserError("all its inputs are constant, and snug does not fold this operator");
  for (const TensorId id : node.inputs) {
    if (id != kNoTensor && graph.tensor(id).type != ElementType::kFloat32) {
      throw UserError(fmt::format("its input \"{}\" is not float32", graph.tensor(id).name));
    }
  }
  const Dims dims = node.op->output_dims(graph, node);
  const bool positive = std::all_of(dims.begin(), dims.end(), [](int64_t dim) { return dim > 0; });
  if (!positive || padded_element_count(dims) > kMostMapElements) {
    throw UserError(fmt::format("its output would be {}; {}", text(dims), kMapLimit));
  }
  return dims;
}

TensorId add_node(Graph& graph, const Operator& op, std::string name, std::string onnx_operator, std::any attributes,
                  std::vector<TensorId> inputs, std::string output_name) {
  Node node{std::move(name), std::move(onnx_operator), &op, std::move(attributes), std::move(inputs), kNoTensor};
  Dims dims;
  try {
    dims = checked_output_dims(graph, node);
  } catch (const UserError& error) {
    throw UserError(fmt::format("{}: {}", node_title(node.name, node.onnx_operator), error.what()));
  }
  node.output = add_tensor(graph, {std::move(output_name), ElementType::kFloat32, std::move(dims), nullptr});
  graph.nodes.push_back(std::move(node));
  return graph.nodes.back().output;
}

Lowered lower_alias(const Graph& graph, const Node& node) {
  const MapShape row{.channels = 1, .height = 1, .width = element_count(graph.tensor(node.output).dims)};
  Call copy;
  copy.layer = map_layer(row, row);
  return {.calls = {copy}, .batch = 1, .alias = true};
}

}  // namespace snug
