// Softmax. inputs: x.
#pragma once

#include "graph/operator.h"

namespace snug {

struct Softmax {
  int64_t axis = 1;         ///< not negative
  bool to_the_end = false;  ///< before opset 13: over all dimensions from `axis` on
};

extern const Operator softmax_operator;

}  // namespace snug
