// Gemm, and MatMul with a constant right side. inputs: a (batch x in), b (constant), c (constant) or none.
// The rewrite gemm_to_conv replaces it by a conv.
#pragma once

#include "graph/operator.h"

namespace snug {

/// alpha * a * b + beta * c
struct Gemm {
  float alpha = 1, beta = 1;
  bool transpose_b = false;
};

extern const Operator gemm_operator;

}  // namespace snug
