// One node with the values that it reads, and the textbook definition of every operator on them. Row-major throughout.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "ops/activation/activation.h"

namespace snug {

using Values = std::vector<double>;

struct Operands {
  const Graph& graph;
  const Node& node;
  std::vector<const Values*> run_time;  ///< per input; null for constants and absent ones

  bool has(size_t input) const { return input < node.inputs.size() && node.inputs[input] != kNoTensor; }
  const Dims& dims(size_t input) const { return graph.tensor(node.inputs.at(input)).dims; }
  const Dims& output_dims() const { return graph.tensor(node.output).dims; }

  /// The values of an input that is computed at run time, or the floats of a constant one.
  const Values& values(size_t input) const { return *run_time.at(input); }
  const std::vector<float>& constant(size_t input) const {
    return graph.tensor(node.inputs.at(input)).constant->floats;
  }
};

// Each returns the values of the node's output. The attributes' structs say what an operator computes.
Values evaluate_conv(const Operands& operands);
Values evaluate_pool(const Operands& operands);
Values evaluate_lrn(const Operands& operands);
Values evaluate_batch_normalization(const Operands& operands);
Values evaluate_activation(const Operands& operands);
Values evaluate_binary(const Operands& operands);
Values evaluate_gemm(const Operands& operands);
Values evaluate_softmax(const Operands& operands);
Values evaluate_concat(const Operands& operands);
Values evaluate_pad(const Operands& operands);
Values evaluate_transpose(const Operands& operands);
Values evaluate_unchanged(const Operands& operands);  ///< Identity, Reshape

double activated(double value, const Activation& activation);

/// Distance in elements between neighbours along every dimension of a dense row-major tensor.
std::vector<int64_t> row_major_strides(const Dims& dims);

}  // namespace snug
