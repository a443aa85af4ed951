// Add, Mul, Sum: a, b; a constant operand comes second. Broadcast as in ONNX, b against a.
#pragma once

#include "graph/operator.h"
#include "ops/activation/activation.h"

namespace snug {

struct Binary {
  snug_kind kind = SNUG_ADD;  ///< SNUG_ADD or SNUG_MULTIPLY
  Activation activation;
};

extern const Operator binary_operator;

}  // namespace snug
