#include "ops/softmax/softmax.h"

#include <fmt/format.h>

#include "base/error.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

static int64_t count_after(const Dims& dims, int64_t axis) {
  return element_count({dims.begin() + axis + 1, dims.end()});
}

/// Before opset 13 the axis is 1 where absent and all dimensions from it on count as one.
static TensorId import_softmax(const OnnxNode& node, Graph& graph) {
  const Dims& dims = required_input(node, graph, 0, "x").dims;
  const bool old = node.opset < 13;
  // Without a last dimension there is nothing to be an axis of.
  if (dims.empty()) node.fail("its input is a scalar");
  const int64_t absent = old && dims.size() > 1 ? 1 : -1;
  Softmax softmax{.axis = front_axis(node, node.integer("axis", absent), dims.size())};
  softmax.to_the_end = old && count_after(dims, softmax.axis) != 1;
  return add_node(graph, softmax_operator, node.name, node.operator_type, softmax, {node.input(0)}, node.outputs[0]);
}

static Dims softmax_dims(const Graph& graph, const Node& node) {
  const Dims& dims = graph.tensor(node.inputs.at(0)).dims;
  CHECK(attributes<Softmax>(node).axis < static_cast<int64_t>(dims.size()), node.name);
  return dims;
}

static Lowered lower_softmax(const Graph& graph, const Node& node) {
  const Softmax& softmax = attributes<Softmax>(node);
  const Dims& dims = graph.tensor(node.output).dims;
  const int64_t after = count_after(dims, softmax.axis);
  const bool over_channels = softmax.axis == (dims.size() == 1 ? 0 : 1) && (!softmax.to_the_end || after == 1);
  Images maps = images(dims);
  if (!over_channels) {
    const int64_t length = dims[static_cast<size_t>(softmax.axis)];
    maps.batch = element_count({dims.begin(), dims.begin() + softmax.axis});
    maps.map = softmax.to_the_end ? MapShape{length * after, 1, 1} : MapShape{length, 1, after};
  }
  Call call;
  call.layer = map_layer(maps.map, maps.map);
  return {.calls = {call}, .batch = maps.batch, .row_major_only = !over_channels};
}

static std::string describe_softmax(const Node& node) {
  const Softmax& softmax = attributes<Softmax>(node);
  return fmt::format("over {}{}", softmax.axis, softmax.to_the_end ? " and all after it" : "");
}

const Operator softmax_operator{
    .name = "softmax",
    .onnx_operators = {{.name = "Softmax", .attributes = {{"axis", kInteger}}}},
    .import_onnx = import_softmax,
    .output_dims = softmax_dims,
    .lower = lower_softmax,
    .describe = describe_softmax,
};

}  // namespace snug
