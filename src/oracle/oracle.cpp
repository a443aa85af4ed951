#include "oracle/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "ops/batch_normalization/batch_normalization.h"
#include "ops/binary/binary.h"
#include "ops/concat/concat.h"
#include "ops/conv/conv.h"
#include "ops/gemm/gemm.h"
#include "ops/identity/identity.h"
#include "ops/lrn/lrn.h"
#include "ops/pad/pad.h"
#include "ops/pool/pool.h"
#include "ops/reshape/reshape.h"
#include "ops/softmax/softmax.h"
#include "ops/transpose/transpose.h"
#include "oracle/operands.h"

namespace snug {

namespace {

Values evaluate_node(const Operands& operands) {
  static const std::map<const Operator*, Values (*)(const Operands&)> definitions{
      {&activation_operator, evaluate_activation},
      {&batch_normalization_operator, evaluate_batch_normalization},
      {&binary_operator, evaluate_binary},
      {&concat_operator, evaluate_concat},
      {&conv_operator, evaluate_conv},
      {&gemm_operator, evaluate_gemm},
      {&identity_operator, evaluate_unchanged},
      {&lrn_operator, evaluate_lrn},
      {&pad_operator, evaluate_pad},
      {&pool_operator, evaluate_pool},
      {&reshape_operator, evaluate_unchanged},
      {&softmax_operator, evaluate_softmax},
      {&transpose_operator, evaluate_transpose},
  };
  const auto found = definitions.find(operands.node.op);
  CHECK(found != definitions.end(), operands.node.name + ": the oracle does not know its operator");
  return found->second(operands);
}

void check_inputs(const Graph& graph, const OracleValues& inputs) {
  for (const TensorId id : graph.inputs) {
    const Tensor& tensor = graph.tensor(id);
    const auto found = inputs.find(id);
    const size_t given = found == inputs.end() ? 0 : found->second.size();
    if (static_cast<int64_t>(given) == element_count(tensor.dims)) continue;
    throw UserError(fmt::format("input \"{}\" of {} needs {} values; {} are given", tensor.name, text(tensor.dims),
                                element_count(tensor.dims), given));
  }
}

/// How many nodes have yet to read each tensor; the network's outputs count as read once more.
std::vector<size_t> open_reads(const Graph& graph) {
  std::vector<size_t> reads;
  for (const std::vector<int>& readers : consumers(graph)) reads.push_back(readers.size());
  for (const TensorId id : graph.outputs) ++reads.at(static_cast<size_t>(id));
  return reads;
}

void forget_read(const Graph& graph, const Node& node, std::vector<size_t>& reads, OracleValues& values) {
  std::vector<TensorId> read = data_inputs(graph, node);
  std::sort(read.begin(), read.end());
  read.erase(std::unique(read.begin(), read.end()), read.end());
  for (const TensorId id : read) {
    if (--reads.at(static_cast<size_t>(id)) == 0) values.erase(id);
  }
}

}  // namespace

OracleValues evaluate_oracle(const Graph& graph, const OracleValues& inputs, bool keep_all) {
  check_inputs(graph, inputs);
  OracleValues values;
  for (const TensorId id : graph.inputs) values[id] = inputs.at(id);
  std::vector<size_t> reads = open_reads(graph);
  for (const Node& node : graph.nodes) {
    Operands operands{graph, node, {}};
    for (const TensorId id : node.inputs) {
      const bool run_time = id != kNoTensor && !graph.tensor(id).constant;
      operands.run_time.push_back(run_time ? &values.at(id) : nullptr);
    }
    Values output = evaluate_node(operands);
    CHECK(static_cast<int64_t>(output.size()) == element_count(graph.tensor(node.output).dims), node.name);
    values[node.output] = std::move(output);
    if (!keep_all) forget_read(graph, node, reads, values);
  }
  if (!keep_all) {
    std::erase_if(values, [&](const auto& entry) { return reads.at(static_cast<size_t>(entry.first)) == 0; });
  }
  return values;
}

}  // namespace snug
