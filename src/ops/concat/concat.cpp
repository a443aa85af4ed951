#include "ops/concat/concat.h"

#include <fmt/format.h>

#include "base/error.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

static TensorId import_concat(const OnnxNode& node, Graph& graph) {
  const Dims& first = required_input(node, graph, 0, "first").dims;
  if (node.opset >= 4) node.require("axis");
  const Concat concat{front_axis(node, node.integer("axis", 1), first.size())};
  return add_node(graph, concat_operator, node.name, node.operator_type, concat, node.inputs, node.outputs[0]);
}

static Dims concat_dims(const Graph& graph, const Node& node) {
  const size_t axis = static_cast<size_t>(attributes<Concat>(node).axis);
  Dims output = graph.tensor(node.inputs.at(0)).dims;
  output.at(axis) = 0;
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor) throw UserError("an input is missing");
    const Tensor& input = graph.tensor(id);
    if (input.constant) throw UserError(fmt::format("its input \"{}\" is constant", input.name));
    Dims expected = output;
    if (input.dims.size() == output.size()) expected[axis] = input.dims[axis];
    if (input.dims != expected) {
      throw UserError(fmt::format("its input \"{}\" is {}, which does not fit the others along axis {}", input.name,
                                  text(input.dims), axis));
    }
    output[axis] += input.dims[axis];
  }
  return output;
}

/// A tensor as images whose channels are the dimension `axis`: all dimensions before it are the batch, all after it the
/// width.
static Images images_along(const Dims& dims, size_t axis) {
  const auto place = dims.begin() + static_cast<std::ptrdiff_t>(axis);
  return {.batch = element_count({dims.begin(), place}),
          .map = {.channels = dims[axis], .height = 1, .width = element_count({place + 1, dims.end()})}};
}

static Lowered lower_concat(const Graph& graph, const Node& node) {
  const size_t axis = static_cast<size_t>(attributes<Concat>(node).axis);
  const Dims& dims = graph.tensor(node.output).dims;
  const bool channels = axis == (dims.size() == 1 ? 0U : 1U);
  const auto read = [&](const Dims& of) { return channels ? images(of) : images_along(of, axis); };
  const Images output = read(dims);
  Lowered lowered{.calls = {}, .batch = output.batch, .row_major_only = !channels};
  int64_t channel_offset = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const MapShape input = read(graph.tensor(node.inputs[i]).dims).map;
    Call call;
    call.layer = map_layer(input, output.map);
    call.layer.channel_offset = static_cast<int32_t>(channel_offset);
    call.input = static_cast<int>(i);
    lowered.calls.push_back(call);
    channel_offset += input.channels;
  }
  return lowered;
}

static std::string describe_concat(const Node& node) {
  return fmt::format("along {}", attributes<Concat>(node).axis);
}

const Operator concat_operator{
    .name = "concat",
    .onnx_operators = {{.name = "Concat",
                        .inputs = {1, kAnyCount},
                        .attributes = {{"axis", kInteger}},
                        .restrictions = "inputs computed at run time"}},
    .import_onnx = import_concat,
    .output_dims = concat_dims,
    .lower = lower_concat,
    .describe = describe_concat,
};

}  // namespace snug
