#include "ops/identity/identity.h"

#include "ops/onnx_inputs.h"

namespace snug {

static bool trains(const OnnxNode& node, const Graph& graph) {
  const std::vector<int64_t> mode = constant_integers(node, graph, 2, "training_mode", {0});
  return !mode.empty() && mode[0] != 0;
}

static TensorId import_identity(const OnnxNode& node, Graph& graph) {
  required_input(node, graph, 0, "x");
  if (node.operator_type == "Dropout" && trains(node, graph)) {
    node.fail("its training_mode is true; export the model for inference");
  }
  return add_node(graph, identity_operator, node.name, node.operator_type, Identity{}, {node.input(0)},
                  node.outputs[0]);
}

static Dims identity_dims(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs.at(0)).dims;
}

const Operator identity_operator{
    .name = "identity",
    .onnx_operators = {"Identity", "Dropout"},
    .restrictions = "Dropout: at inference, without its mask",
    .import_onnx = import_identity,
    .output_dims = identity_dims,
    .lower = lower_alias,
};

}  // namespace snug
