// A convolution and the pool that alone reads it, as one call. Not an ONNX operator: enumeration offers it where the
// two follow on one another. inputs: those of the convolution, without a residual.
#pragma once

#include "graph/operator.h"

namespace snug {

extern const Operator conv_pool_operator;

}  // namespace snug
