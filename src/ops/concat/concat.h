// Concat. inputs: any number, one after another along `axis`.
#pragma once

#include "graph/operator.h"

namespace snug {

struct Concat {
  int64_t axis = 1;  ///< not negative
};

extern const Operator concat_operator;

}  // namespace snug
