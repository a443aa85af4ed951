#include "rewrite/affine.h"

#include <algorithm>
#include <utility>

#include "ops/conv/conv.h"

namespace snug {

bool takes_affine(const Node& node) {
  return node.op == &conv_operator && attributes<Conv>(node).activation.kind == SNUG_NO_ACTIVATION &&
         node.inputs[3] == kNoTensor;
}

static TensorId scaled(Graph& graph, TensorId weights, const std::vector<double>& scale) {
  // A shift alone leaves the weights to be shared.
  if (std::all_of(scale.begin(), scale.end(), [](double factor) { return factor == 1; })) return weights;
  const Tensor tensor = graph.tensor(weights);
  std::vector<float> values = tensor.constant->floats;
  const size_t row = values.size() / scale.size();
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(static_cast<double>(values[i]) * scale[i / row]);
  }
  return add_constant(graph, tensor.name, tensor.dims, std::move(values));
}

void fold_affine(Graph& graph, Node& conv, const Affine& affine) {
  std::vector<double> shifted = affine.shift;
  if (conv.inputs[2] != kNoTensor) {
    const std::vector<float>& bias = graph.tensor(conv.inputs[2]).constant->floats;
    for (size_t c = 0; c < shifted.size(); ++c) shifted[c] += affine.scale[c] * static_cast<double>(bias[c]);
  }
  conv.inputs[1] = scaled(graph, conv.inputs[1], affine.scale);
  conv.inputs[2] = add_constant(graph, conv.name + "/bias", {static_cast<int64_t>(shifted.size())},
                                {shifted.begin(), shifted.end()});
}

}  // namespace snug
