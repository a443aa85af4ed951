#include "ops/identity/identity.h"

#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

static bool trains(const OnnxNode& node, const Graph& graph) {
  if (node.opset < 7 && node.integer("is_test", 1) == 0) return true;
  const std::vector<int64_t> mode = constant_integers(node, graph, 2, "training_mode", {0});
  return !mode.empty() && mode[0] != 0;
}

static TensorId import_identity(const OnnxNode& node, Graph& graph) {
  required_input(node, graph, 0, "x");
  if (node.operator_type == "Dropout" && trains(node, graph)) {
    node.fail("it is in training form; export the model for inference");
  }
  return add_node(graph, identity_operator, node.name, node.operator_type, Identity{}, {node.input(0)},
                  node.outputs[0]);
}

static Dims identity_dims(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dims;
}

const Operator identity_operator{
    .name = "identity",
    .onnx_operators = {{.name = "Identity"},
                       {.name = "Dropout",
                        .inputs = {1, 3},
                        .most_outputs = 2,
                        .attributes = {{"ratio", kReal}, {"is_test", kInteger}, {"seed", kInteger}},
                        .restrictions = "at inference, without its mask"}},
    .import_onnx = import_identity,
    .output_dims = identity_dims,
    .lower = lower_alias,
};

}  // namespace snug
