// A change of data layout. Not an ONNX operator: selection puts conversions between nodes. Its room holds the
// kernels convert_FROM_TO, which copy a map of in_channels x in_height x in_width.
#pragma once

#include "graph/operator.h"

namespace snug {

extern const Operator convert_operator;

/// The layer that a conversion of this map runs.
snug_layer convert_layer(const MapShape& shape);

}  // namespace snug
