#include "ops/transpose/transpose.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

static TensorId import_transpose(const OnnxNode& node, Graph& graph) {
  const size_t rank = required_input(node, graph, 0, "x").dims.size();
  std::vector<int64_t> reversed(rank);
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const Transpose transpose{node.integers("perm", reversed)};
  return add_node(graph, transpose_operator, node.name, node.operator_type, transpose, {node.input(0)},
                  node.outputs[0]);
}

/// A permutation without what does not move: dimensions of 1 dropped, those that stay neighbours merged.
struct Permutation {
  Dims dims;                  ///< of the input
  std::vector<size_t> order;  ///< output dimension i is input dimension order[i]
};

static Permutation canonical(const Dims& dims, const std::vector<int64_t>& permutation) {
  std::vector<std::vector<size_t>> runs;  // in output order: input dimensions that stay together
  size_t next = dims.size();
  for (const int64_t place : permutation) {
    size_t from = static_cast<size_t>(place);
    if (dims[from] == 1) continue;
    if (from != next || runs.empty()) runs.emplace_back();
    runs.back().push_back(from);
    do ++from;
    while (from < dims.size() && dims[from] == 1);
    next = from;
  }
  std::vector<size_t> by_input(runs.size());
  std::iota(by_input.begin(), by_input.end(), size_t{0});
  std::sort(by_input.begin(), by_input.end(), [&](size_t a, size_t b) { return runs[a][0] < runs[b][0]; });
  Permutation result{{}, std::vector<size_t>(runs.size())};
  for (size_t i = 0; i < by_input.size(); ++i) {
    int64_t length = 1;
    for (const size_t dim : runs[by_input[i]]) length *= dims[dim];
    result.dims.push_back(length);
    result.order[by_input[i]] = i;
  }
  return result;
}

static bool is_identity(const Permutation& permutation) {
  return permutation.dims.size() <= 1;
}

/// The permutation as what the kernels can do to every image, or an empty kind.
struct Plan {
  int64_t batch = 1;
  MapShape input, output;
  snug_kind kind = SNUG_DEFAULT;
};

static Plan plan_transpose(Permutation permutation) {
  Plan plan;
  auto& [dims, order] = permutation;
  if (!order.empty() && order[0] == 0) {
    plan.batch = dims[0];
    dims.erase(dims.begin());
    order.erase(order.begin());
    for (size_t& place : order) --place;
  }
  if (order == std::vector<size_t>{1, 0}) {
    plan.input = {dims[0], 1, dims[1]};
    plan.output = {dims[1], 1, dims[0]};
    plan.kind = SNUG_PERMUTE_WHC;
  } else if (order == std::vector<size_t>{2, 1, 0}) {
    plan.input = {dims[0], dims[1], dims[2]};
    plan.output = {dims[2], dims[1], dims[0]};
    plan.kind = SNUG_PERMUTE_WHC;
  } else if (order == std::vector<size_t>{1, 0, 2}) {
    plan.input = {dims[0], dims[1], dims[2]};
    plan.output = {dims[1], dims[0], dims[2]};
    plan.kind = SNUG_PERMUTE_HCW;
  }
  return plan;
}

static Dims transpose_dims(const Graph& graph, const Node& node) {
  const Dims& dims = graph.tensor(node.inputs.at(0)).dims;
  const std::vector<int64_t>& permutation = attributes<Transpose>(node).permutation;
  std::vector<int64_t> sorted = permutation;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int64_t> places(dims.size());
  std::iota(places.begin(), places.end(), 0);
  if (sorted != places) {
    throw UserError(
        fmt::format("perm {} is no permutation of {} dimensions", fmt::join(permutation, ","), dims.size()));
  }
  const Permutation moved = canonical(dims, permutation);
  if (!is_identity(moved) && plan_transpose(moved).kind == SNUG_DEFAULT) {
    throw UserError(
        fmt::format("perm {} of {} moves more dimensions than snug takes: two neighbouring groups may swap, "
                    "or the outer two of three, behind dimensions that stay",
                    fmt::join(permutation, ","), text(dims)));
  }
  Dims output;
  for (const int64_t place : permutation) output.push_back(dims[static_cast<size_t>(place)]);
  return output;
}

static Lowered lower_transpose(const Graph& graph, const Node& node) {
  const Permutation moved = canonical(graph.tensor(node.inputs[0]).dims, attributes<Transpose>(node).permutation);
  if (is_identity(moved)) return lower_alias(graph, node);
  const Plan plan = plan_transpose(moved);
  Call call;
  call.layer = map_layer(plan.input, plan.output);
  call.layer.kind = plan.kind;
  return {.calls = {call}, .batch = plan.batch, .row_major_only = true};
}

static std::string describe_transpose(const Node& node) {
  return fmt::format("perm {}", fmt::join(attributes<Transpose>(node).permutation, ","));
}

const Operator transpose_operator{
    .name = "transpose",
    .onnx_operators = {{.name = "Transpose",
                        .attributes = {{"perm", kIntegers}},
                        .restrictions = "swaps of two groups of dimensions, or of the outer two of three, behind "
                                        "dimensions that stay"}},
    .import_onnx = import_transpose,
    .output_dims = transpose_dims,
    .lower = lower_transpose,
    .describe = describe_transpose,
};

}  // namespace snug
