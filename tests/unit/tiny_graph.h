// Small graphs for tests of pricing and profiling.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/operator.h"
#include "ops/concat/concat.h"
#include "ops/conv/conv.h"

namespace snug {

inline TensorId add_input(Graph& graph, const Dims& dims, const std::string& name = "x") {
  const TensorId id = add_tensor(graph, {name, ElementType::kFloat32, dims, nullptr});
  graph.inputs.push_back(id);
  return id;
}

/// A convolution with `kernel` x `kernel` weights that keeps height and width.
inline TensorId add_conv(Graph& graph, TensorId input, int64_t out_channels, int64_t kernel, const std::string& name,
                         TensorId residual = kNoTensor) {
  const int64_t in_channels = images(graph.tensor(input).dims).map.channels;
  const Dims dims{out_channels, in_channels, kernel, kernel};
  const std::vector<float> values(static_cast<size_t>(element_count(dims)), 0.5F);
  const TensorId weights = add_constant(graph, name + ".weights", dims, values);
  const int64_t pad = kernel / 2;
  const Conv conv{.kernel_height = kernel,
                  .kernel_width = kernel,
                  .pad_top = pad,
                  .pad_left = pad,
                  .pad_bottom = pad,
                  .pad_right = pad};
  return add_node(graph, conv_operator, name, "Conv", conv, {input, weights, kNoTensor, residual}, name + ".out");
}

inline TensorId add_concat(Graph& graph, const std::vector<TensorId>& inputs, const std::string& name,
                           int64_t axis = 1) {
  return add_node(graph, concat_operator, name, "Concat", Concat{axis}, inputs, name + ".out");
}

}  // namespace snug
