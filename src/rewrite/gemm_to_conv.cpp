// Turns every product with a constant matrix into a convolution whose output is a matrix: the rows are images of one
// pixel. Behind a Reshape that flattens maps row by row the conv reads the maps themselves, with a kernel of their
// size, so that selection may keep them in any layout. alpha and beta go into weights and bias.
#include <fmt/format.h>

#include "base/error.h"
#include "ops/conv/conv.h"
#include "ops/gemm/gemm.h"
#include "ops/reshape/reshape.h"
#include "rewrite/rewrite.h"

namespace snug {

/// The furthest tensor up a chain of reshapes that holds the rows as images: of the same batch, at most 4 dimensions.
static TensorId unflattened(const Graph& graph, const std::vector<int>& producer, TensorId rows) {
  const int64_t batch = graph.tensor(rows).dims.at(0);
  TensorId found = rows;
  for (TensorId id = rows;;) {
    const int index = producer.at(static_cast<size_t>(id));
    if (index == -1 || graph.nodes[static_cast<size_t>(index)].op != &reshape_operator) return found;
    id = graph.nodes[static_cast<size_t>(index)].inputs[0];
    const Dims& dims = graph.tensor(id).dims;
    if (dims.size() >= 2 && dims.size() <= 4 && dims[0] == batch) found = id;
  }
}

/// The right side as rows of weights, one per output.
static std::vector<float> weight_rows(const std::vector<float>& b, size_t outputs, const Gemm& gemm) {
  const size_t length = b.size() / outputs;
  std::vector<float> rows(b.size());
  for (size_t o = 0; o < outputs; ++o) {
    for (size_t k = 0; k < length; ++k) {
      rows[o * length + k] = gemm.alpha * (gemm.transpose_b ? b[o * length + k] : b[k * outputs + o]);
    }
  }
  return rows;
}

static TensorId conv_weights(Graph& graph, TensorId b, const Dims& dims, const Gemm& gemm) {
  const Tensor matrix = graph.tensor(b);
  // Sharing the values matters: a classifier's matrix can be most of the model.
  if (gemm.transpose_b && gemm.alpha == 1) return add_tensor(graph, {matrix.name, matrix.type, dims, matrix.constant});
  return add_constant(graph, matrix.name, dims,
                      weight_rows(matrix.constant->floats, static_cast<size_t>(dims[0]), gemm));
}

static TensorId conv_bias(Graph& graph, TensorId c, const Gemm& gemm) {
  if (c == kNoTensor || gemm.beta == 1) return c;
  const Tensor addend = graph.tensor(c);
  std::vector<float> bias = addend.constant->floats;
  for (float& value : bias) value *= gemm.beta;
  return add_constant(graph, addend.name, addend.dims, std::move(bias));
}

static void replace(Graph& graph, Node& node, TensorId input) {
  for (const size_t constant : {size_t{1}, size_t{2}}) {
    const TensorId id = node.inputs.at(constant);
    if (id == kNoTensor || graph.tensor(id).constant) continue;
    throw UserError(fmt::format("node \"{}\" ({}): \"{}\" is computed at run time; snug takes constants only",
                                node.name, node.onnx_operator, graph.tensor(id).name));
  }
  const Gemm gemm = attributes<Gemm>(node);
  const MapShape map = images(graph.tensor(input).dims).map;
  const int64_t outputs = graph.tensor(node.output).dims.at(1);
  const TensorId weights = conv_weights(graph, node.inputs[1], {outputs, map.channels, map.height, map.width}, gemm);
  const TensorId bias = conv_bias(graph, node.inputs[2], gemm);
  node.op = &conv_operator;
  node.attributes = Conv{.kernel_height = map.height, .kernel_width = map.width, .matrix_output = true};
  node.inputs = {input, weights, bias, kNoTensor};
}

Graph gemm_to_conv(Graph graph) {
  const std::vector<int> producer = producers(graph);
  for (Node& node : graph.nodes) {
    if (node.op == &gemm_operator) replace(graph, node, unflattened(graph, producer, node.inputs[0]));
  }
  return without_unused(graph);
}

}  // namespace snug
