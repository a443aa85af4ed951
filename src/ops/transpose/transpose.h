// Transpose. inputs: x.
#pragma once

#include "graph/operator.h"

namespace snug {

struct Transpose {
  std::vector<int64_t> permutation;  ///< output dimension i is input dimension permutation[i]
};

extern const Operator transpose_operator;

}  // namespace snug
