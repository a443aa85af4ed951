// A depthwise convolution and the 1x1 convolution behind it (MobileNet), with or without a 1x1 convolution before them
// that expands the channels (the inverted residual of MobileNetV2), as one call. Not an ONNX operator: enumeration
// offers it where the convolutions follow on one another. inputs: x; weights and bias of expansion, depthwise and
// projecting convolution, absent ones kNoTensor.
#pragma once

#include "graph/operator.h"

namespace snug {

extern const Operator conv_separable_operator;

}  // namespace snug
