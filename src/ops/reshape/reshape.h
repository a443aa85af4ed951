// Reshape, Flatten, Squeeze, Unsqueeze: the same row-major values under other dimensions. inputs: x.
#pragma once

#include "graph/operator.h"

namespace snug {

struct Reshape {
  Dims dims;  ///< of the output
};

extern const Operator reshape_operator;

}  // namespace snug
