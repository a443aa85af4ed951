// Relu, Clip, LeakyRelu, Sigmoid, HardSigmoid, HardSwish. inputs: x.
#pragma once

#include "graph/operator.h"

namespace snug {

/// An elementwise function, alone or fused into the operator that produces the value.
struct Activation {
  snug_activation kind = SNUG_NO_ACTIVATION;
  float alpha = 0, beta = 0;  ///< as in snug.h
  bool operator==(const Activation&) const = default;
};
std::string text(const Activation& activation);

/// Writes the activation into a layer.
void set_activation(snug_layer& layer, const Activation& activation);

extern const Operator activation_operator;

}  // namespace snug
