#include "ops/gemm/gemm.h"

#include <fmt/format.h>

#include "base/error.h"
#include "ops/binary/binary.h"
#include "ops/onnx_inputs.h"
#include "ops/reshape/reshape.h"
#include "ops/transpose/transpose.h"

namespace snug {

using enum AttributeType;

/// The constant c as one value per column, or kNoTensor where it differs from row to row.
static TensorId per_column(Graph& graph, TensorId c, int64_t columns) {
  const Tensor tensor = graph.tensor(c);
  const int64_t count = element_count(tensor.dims);
  if (count == 1) {
    return add_constant(graph, tensor.name, {columns},
                        std::vector<float>(static_cast<size_t>(columns), tensor.constant->floats.at(0)));
  }
  const bool one_row = !tensor.dims.empty() && tensor.dims.back() == columns && count == columns;
  return one_row ? reshaped(graph, c, {columns}, "") : kNoTensor;
}

static TensorId transposed(const OnnxNode& node, Graph& graph, TensorId a) {
  const Tensor& tensor = graph.tensor(a);
  return add_node(graph, transpose_operator, node.name + "/transpose", "Transpose", Transpose{{1, 0}}, {a},
                  tensor.name + " transposed");
}

static TensorId import_gemm(const OnnxNode& node, Graph& graph) {
  TensorId a = node.input(0);
  if (required_input(node, graph, 0, "a").dims.size() != 2) {
    node.fail(fmt::format("its input a is {}, not a matrix", text(graph.tensor(a).dims)));
  }
  required_input(node, graph, 1, "b");
  const Tensor b = *constant_input(node, graph, 1, "right side b");
  if (b.dims.size() != 2) node.fail(fmt::format("its right side is {}, not a matrix", text(b.dims)));
  if (graph.tensor(a).constant) node.fail("its left side is constant");
  if (node.integer("transA", 0) != 0) a = transposed(node, graph, a);
  Gemm gemm{node.real("alpha", 1), node.real("beta", 1), node.integer("transB", 0) != 0};
  const TensorId c = node.input(2);
  if (c == kNoTensor || gemm.beta == 0) {
    return add_node(graph, gemm_operator, node.name, node.operator_type, gemm, {a, node.input(1), kNoTensor},
                    node.outputs[0]);
  }
  const Tensor addend = graph.tensor(c);
  if (addend.type != ElementType::kFloat32) node.fail("its addend c is not float32");
  if (addend.constant) {
    const TensorId bias = per_column(graph, c, b.dims[gemm.transpose_b ? 0 : 1]);
    if (bias == kNoTensor) node.fail(fmt::format("its addend c of {} differs from row to row", text(addend.dims)));
    return add_node(graph, gemm_operator, node.name, node.operator_type, gemm, {a, node.input(1), bias},
                    node.outputs[0]);
  }
  if (gemm.beta != 1) node.fail(fmt::format("beta {} with an addend c that is computed at run time", gemm.beta));
  const TensorId product = add_node(graph, gemm_operator, node.name + "/product", node.operator_type, gemm,
                                    {a, node.input(1), kNoTensor}, node.outputs[0] + "/product");
  OnnxNode sum{node.name, "Add", 13, {product, c}, {node.outputs[0]}, {}};
  return binary_operator.import_onnx(sum, graph);
}

/// a with any number of dimensions before the last: they count as rows.
static TensorId import_matmul(const OnnxNode& node, Graph& graph) {
  const Tensor a = required_input(node, graph, 0, "a");
  if (a.constant) node.fail("its left side is constant; snug takes a constant right side");
  required_input(node, graph, 1, "b");
  const Tensor b = *constant_input(node, graph, 1, "right side b");
  Dims right = b.dims;
  while (right.size() > 2 && right.front() == 1 && a.dims.size() >= right.size()) right.erase(right.begin());
  const bool vector = right.size() == 1;
  if (vector) right.push_back(1);
  if (right.size() != 2) node.fail(fmt::format("its right side is {}; snug takes one matrix", text(b.dims)));
  if (a.dims.empty() || a.dims.back() != right[0]) {
    node.fail(fmt::format("{} times {}", text(a.dims), text(b.dims)));
  }
  const TensorId rows = reshaped(graph, node.input(0), {element_count(a.dims) / right[0], right[0]}, node.name);
  const TensorId weights = reshaped(graph, node.input(1), right, node.name);
  Dims output(a.dims.begin(), a.dims.end() - 1);
  if (!vector) output.push_back(right[1]);
  const bool plain = rows == node.input(0) && !vector;
  const std::string suffix = plain ? "" : "/product";
  const TensorId product = add_node(graph, gemm_operator, node.name + suffix, node.operator_type, Gemm{},
                                    {rows, weights, kNoTensor}, node.outputs[0] + suffix);
  if (plain) return product;
  return add_node(graph, reshape_operator, node.name, "Reshape", Reshape{output}, {product}, node.outputs[0]);
}

static TensorId import_product(const OnnxNode& node, Graph& graph) {
  return node.operator_type == "MatMul" ? import_matmul(node, graph) : import_gemm(node, graph);
}

static Dims gemm_dims(const Graph& graph, const Node& node) {
  const Dims& a = graph.tensor(node.inputs.at(0)).dims;
  const Dims& b = graph.tensor(node.inputs.at(1)).dims;
  CHECK(a.size() == 2 && b.size() == 2, node.name);
  const bool transpose_b = attributes<Gemm>(node).transpose_b;
  const int64_t shared = b[transpose_b ? 1 : 0], columns = b[transpose_b ? 0 : 1];
  if (a[1] != shared) {
    throw UserError(fmt::format("{} times {}{}", text(a), text(b), transpose_b ? " transposed" : ""));
  }
  if (node.inputs.at(2) != kNoTensor) CHECK(element_count(graph.tensor(node.inputs[2]).dims) == columns, node.name);
  return {a[0], columns};
}

static std::string describe_gemm(const Node& node) {
  const Gemm& gemm = attributes<Gemm>(node);
  return fmt::format("alpha {}, beta {}{}", gemm.alpha, gemm.beta, gemm.transpose_b ? ", b transposed" : "");
}

const Operator gemm_operator{
    .name = "gemm",
    .onnx_operators = {{.name = "Gemm",
                        .inputs = {2, 3},
                        .attributes = {{"alpha", kReal},
                                       {"beta", kReal},
                                       {"transA", kInteger},
                                       {"transB", kInteger},
                                       {"broadcast", kInteger}},
                        .restrictions = "constant right side; a constant addend is the same for every row"},
                       {.name = "MatMul", .inputs = {2, 2}, .restrictions = "constant right side"}},
    .import_onnx = import_product,
    .output_dims = gemm_dims,
    .describe = describe_gemm,
};

}  // namespace snug
