// Pad with a constant. inputs: x.
#pragma once

#include "graph/operator.h"

namespace snug {

struct Pad {
  std::vector<int64_t> before,
      after;  ///< per dimension, not negative; batch and channels unpadded for maps of rank 3, 4
  float value = 0;
};

extern const Operator pad_operator;

}  // namespace snug
