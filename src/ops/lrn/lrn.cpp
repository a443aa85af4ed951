#include "ops/lrn/lrn.h"

#include <fmt/format.h>

#include "base/error.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

static TensorId import_lrn(const OnnxNode& node, Graph& graph) {
  required_input(node, graph, 0, "x");
  node.require("size");
  const Lrn lrn{.size = node.integer("size", 0),
                .alpha = node.real("alpha", 1e-4f),
                .beta = node.real("beta", 0.75f),
                .bias = node.real("bias", 1)};
  return add_node(graph, lrn_operator, node.name, node.operator_type, lrn, {node.input(0)}, node.outputs[0]);
}

static Dims lrn_dims(const Graph& graph, const Node& node) {
  const Dims& dims = graph.tensor(node.inputs.at(0)).dims;
  const int64_t size = attributes<Lrn>(node).size;
  if (dims.size() < 2) throw UserError(fmt::format("its input {} has no channels", text(dims)));
  if (size < 1 || size > (1 << 20)) throw UserError(fmt::format("size {} is not a number of channels", size));
  return dims;
}

static Lowered lower_lrn(const Graph& graph, const Node& node) {
  const Lrn& lrn = attributes<Lrn>(node);
  const Images maps = images(graph.tensor(node.output).dims);
  Call call;
  call.layer = map_layer(maps.map, maps.map);
  call.layer.lrn_size = static_cast<int32_t>(lrn.size);
  call.layer.lrn_alpha = lrn.alpha;
  call.layer.lrn_beta = lrn.beta;
  call.layer.lrn_bias = lrn.bias;
  return {.calls = {call}, .batch = maps.batch};
}

static std::string describe_lrn(const Node& node) {
  const Lrn& lrn = attributes<Lrn>(node);
  return fmt::format("size {}, alpha {}, beta {}, bias {}", lrn.size, lrn.alpha, lrn.beta, lrn.bias);
}

const Operator lrn_operator{
    .name = "lrn",
    .onnx_operators = {{.name = "LRN",
                        .attributes = {{"size", kInteger}, {"alpha", kReal}, {"beta", kReal}, {"bias", kReal}}}},
    .import_onnx = import_lrn,
    .output_dims = lrn_dims,
    .lower = lower_lrn,
    .describe = describe_lrn,
};

}  // namespace snug
