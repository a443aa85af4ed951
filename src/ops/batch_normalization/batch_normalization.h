// BatchNormalization at inference. inputs: x, scale, bias, mean, variance (all constant but x).
// The rewrite fold_batch_normalization replaces it.
#pragma once

#include "graph/operator.h"

namespace snug {

struct BatchNormalization {
  float epsilon = 1e-5f;
};

extern const Operator batch_normalization_operator;

}  // namespace snug
