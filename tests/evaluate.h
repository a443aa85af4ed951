// The oracle's answers, for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "oracle/oracle.h"

namespace snug {

/// Every output of the network, for one value per input, both in the graph's order.
inline std::vector<std::vector<double>> evaluate(const Graph& graph, const std::vector<std::vector<double>>& inputs) {
  OracleValues given;
  for (size_t i = 0; i < graph.inputs.size(); ++i) given[graph.inputs[i]] = inputs.at(i);
  const OracleValues values = evaluate_oracle(graph, given);
  std::vector<std::vector<double>> outputs;
  for (const TensorId id : graph.outputs) outputs.push_back(values.at(id));
  return outputs;
}

/// Largest absolute difference, divided by the largest absolute expected value; infinite where sizes differ or a
/// value is no number.
inline double relative_difference(const std::vector<double>& values, const std::vector<double>& expected) {
  if (values.size() != expected.size()) return HUGE_VAL;
  double difference = 0, largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) return HUGE_VAL;
    difference = std::max(difference, std::abs(values[i] - expected[i]));
    largest = std::max(largest, std::abs(expected[i]));
  }
  return largest == 0 ? difference : difference / largest;
}

/// first, first + step, ...
inline std::vector<double> counting(size_t count, double first = 1, double step = 1) {
  std::vector<double> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = first + step * static_cast<double>(i);
  return values;
}

}  // namespace snug
