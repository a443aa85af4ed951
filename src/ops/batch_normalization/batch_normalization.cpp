#include "ops/batch_normalization/batch_normalization.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "ops/onnx_inputs.h"
#include "ops/reshape/reshape.h"

namespace snug {

using enum AttributeType;

static constexpr const char* kParameters[] = {"x", "scale", "bias", "mean", "variance"};

/// At most 4 dimensions that leave every value in its channel: what the rewrites and kernels take.
static Dims normalised_dims(const Dims& dims) {
  if (dims.size() <= 4) return dims;
  return {dims[0], dims[1], element_count({dims.begin() + 2, dims.end() - 1}), dims.back()};
}

/// In training the mean and the variance are those of the batch. Versions say so in three ways.
static bool trains(const OnnxNode& node) {
  if (node.opset >= 14) return node.integer("training_mode", 0) != 0;
  if (node.opset < 7 && node.integer("is_test", 1) == 0) return true;
  return std::any_of(node.outputs.begin() + 1, node.outputs.end(),
                     [](const std::string& name) { return !name.empty(); });
}

static TensorId import_batch_normalization(const OnnxNode& node, Graph& graph) {
  required_input(node, graph, 0, "x");
  for (size_t i = 1; i < 5; ++i) {
    required_input(node, graph, i, kParameters[i]);
    constant_input(node, graph, i, kParameters[i]);
  }
  if (node.opset < 9 && node.integer("spatial", 1) == 0) node.fail("spatial = 0; snug normalises per channel only");
  if (trains(node)) node.fail("it is in training form; export the model for inference");
  const BatchNormalization normalization{node.real("epsilon", 1e-5f)};
  const Dims dims = graph.tensor(node.input(0)).dims, maps = normalised_dims(dims);
  const TensorId x = reshaped(graph, node.input(0), maps, node.name);
  const std::string name = maps == dims ? node.outputs[0] : node.outputs[0] + "/maps";
  const TensorId output = add_node(graph, batch_normalization_operator, node.name, node.operator_type, normalization,
                                   {x, node.input(1), node.input(2), node.input(3), node.input(4)}, name);
  if (maps == dims) return output;
  return add_node(graph, reshape_operator, node.name + "/reshape", "Reshape", Reshape{dims}, {output}, node.outputs[0]);
}

static Dims batch_normalization_dims(const Graph& graph, const Node& node) {
  const Dims& dims = graph.tensor(node.inputs.at(0)).dims;
  if (dims.size() < 2) throw UserError(fmt::format("its input {} has no channels", text(dims)));
  for (size_t i = 1; i < 5; ++i) {
    const Dims& parameter = graph.tensor(node.inputs.at(i)).dims;
    if (element_count(parameter) != dims[1]) {
      throw UserError(fmt::format("its {} is {} for {} channels", kParameters[i], text(parameter), dims[1]));
    }
  }
  return dims;
}

static std::string describe_batch_normalization(const Node& node) {
  return fmt::format("epsilon {}", attributes<BatchNormalization>(node).epsilon);
}

const Operator batch_normalization_operator{
    .name = "batch_normalization",
    .onnx_operators = {{.name = "BatchNormalization",
                        .inputs = {5, 5},
                        .most_outputs = 5,
                        .attributes = {{"epsilon", kReal},
                                       {"momentum", kReal},
                                       {"spatial", kInteger},
                                       {"is_test", kInteger},
                                       {"training_mode", kInteger}},
                        .restrictions = "at inference, constant parameters, per channel"}},
    .import_onnx = import_batch_normalization,
    .output_dims = batch_normalization_dims,
    .describe = describe_batch_normalization,
};

}  // namespace snug
