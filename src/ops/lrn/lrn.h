// LRN across channels. inputs: x.
#pragma once

#include "graph/operator.h"

namespace snug {

/// y = x / (bias + alpha / size * sum of squares over `size` channels around)^beta
struct Lrn {
  int64_t size = 5;
  float alpha = 1e-4f, beta = 0.75f, bias = 1;
};

extern const Operator lrn_operator;

}  // namespace snug
