#include "ops/binary/binary.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "ops/identity/identity.h"
#include "ops/onnx_inputs.h"
#include "ops/reshape/reshape.h"

namespace snug {

using enum AttributeType;

static Dims with_rank(const Dims& dims, size_t rank) {
  Dims result(rank - std::min(rank, dims.size()), 1);
  result.insert(result.end(), dims.begin(), dims.end());
  return result;
}

/// a and b with the same rank: the run-time operand that has the output's shape first.
static std::pair<TensorId, TensorId> ordered_operands(const OnnxNode& node, Graph& graph, TensorId a, TensorId b) {
  const size_t rank = std::max(graph.tensor(a).dims.size(), graph.tensor(b).dims.size());
  Dims output = with_rank(graph.tensor(a).dims, rank);
  const Dims other = with_rank(graph.tensor(b).dims, rank);
  for (size_t i = 0; i < rank; ++i) {
    if (output[i] != other[i] && output[i] != 1 && other[i] != 1) {
      node.fail(fmt::format("{} and {} do not broadcast", text(graph.tensor(a).dims), text(graph.tensor(b).dims)));
    }
    if (output[i] == 1) output[i] = other[i];
  }
  a = reshaped(graph, a, with_rank(graph.tensor(a).dims, rank), node.name);
  b = reshaped(graph, b, other, node.name);
  const bool a_serves = graph.tensor(a).dims == output && !graph.tensor(a).constant;
  const bool b_serves = graph.tensor(b).dims == output && !graph.tensor(b).constant;
  if (!a_serves && !b_serves) {
    node.fail(
        fmt::format("{} and {} are both broadcast, or a constant is the larger; snug broadcasts one run-time "
                    "operand or constant against another of the output's shape",
                    text(graph.tensor(a).dims), text(graph.tensor(b).dims)));
  }
  return a_serves ? std::pair{a, b} : std::pair{b, a};
}

static TensorId lined_up(const OnnxNode& node, Graph& graph, TensorId a, TensorId b) {
  return reshaped(graph, b, second_operand_dims(node, graph.tensor(a).dims, graph.tensor(b).dims), node.name);
}

static TensorId import_binary(const OnnxNode& node, Graph& graph) {
  const Binary binary{.kind = node.operator_type == "Mul" ? SNUG_MULTIPLY : SNUG_ADD, .activation = {}};
  const size_t count = node.operator_type == "Sum" ? node.inputs.size() : 2;
  for (size_t i = 0; i < count; ++i) required_input(node, graph, i, "operand");
  if (count == 1) {
    return add_node(graph, identity_operator, node.name, node.operator_type, Identity{}, node.inputs, node.outputs[0]);
  }
  TensorId sum = node.inputs[0];
  for (size_t i = 1; i < count; ++i) {
    const auto [a, b] = ordered_operands(node, graph, sum, lined_up(node, graph, sum, node.inputs[i]));
    const bool last = i + 1 == count;
    const std::string suffix = last ? "" : fmt::format("/{}", i);
    sum = add_node(graph, binary_operator, node.name + suffix, node.operator_type, binary, {a, b},
                   node.outputs[0] + suffix);
  }
  return sum;
}

static Dims binary_dims(const Graph& graph, const Node& node) {
  const Tensor& a = graph.tensor(node.inputs.at(0));
  const Tensor& b = graph.tensor(node.inputs.at(1));
  if (a.constant) throw UserError(fmt::format("its first operand \"{}\" is constant", a.name));
  bool suits = b.dims.size() == a.dims.size();
  for (size_t i = 0; suits && i < a.dims.size(); ++i) suits = b.dims[i] == 1 || b.dims[i] == a.dims[i];
  if (!suits) throw UserError(fmt::format("{} does not broadcast against {}", text(b.dims), text(a.dims)));
  const Images maps = images(a.dims), other = images(b.dims);
  if (other.map.height != 1 && other.map.height != maps.map.height) {
    throw UserError(fmt::format("snug does not broadcast {} against {}", text(b.dims), text(a.dims)));
  }
  if (b.constant && other.batch != 1) {
    throw UserError(fmt::format("its constant operand {} differs from image to image", text(b.dims)));
  }
  return a.dims;
}

static Lowered lower_binary(const Graph& graph, const Node& node) {
  const Binary& binary = attributes<Binary>(node);
  const Tensor& b = graph.tensor(node.inputs[1]);
  const Images maps = images(graph.tensor(node.output).dims), other = images(b.dims);
  Call call;
  call.layer = map_layer(maps.map, maps.map);
  call.layer.kind = binary.kind;
  set_activation(call.layer, binary.activation);
  call.layer.other_channels = static_cast<int32_t>(other.map.channels);
  call.layer.other_height = static_cast<int32_t>(other.map.height);
  call.layer.other_width = static_cast<int32_t>(other.map.width);
  call.other = b.constant ? -1 : 1;
  call.other_shape = other.map;
  call.other_per_image = !b.constant && other.batch == maps.batch;
  return {.calls = {call}, .batch = maps.batch};
}

static std::string describe_binary(const Node& node) {
  const Binary& binary = attributes<Binary>(node);
  const std::string result = binary.kind == SNUG_ADD ? "sum" : "product";
  return binary.activation.kind == SNUG_NO_ACTIVATION ? result : result + ", then " + text(binary.activation);
}

static const std::vector<OnnxAttribute> kBroadcast{{"broadcast", kInteger}, {"axis", kInteger}};
static constexpr std::string_view kOperands = "one operand has the output's shape and is computed at run time";

const Operator binary_operator{
    .name = "binary",
    .onnx_operators = {{.name = "Add", .inputs = {2, 2}, .attributes = kBroadcast, .restrictions = kOperands},
                       {.name = "Mul", .inputs = {2, 2}, .attributes = kBroadcast, .restrictions = kOperands},
                       {.name = "Sum", .inputs = {1, kAnyCount}, .restrictions = kOperands}},
    .import_onnx = import_binary,
    .output_dims = binary_dims,
    .lower = lower_binary,
    .describe = describe_binary,
    .weights_input = 1,
};

}  // namespace snug
