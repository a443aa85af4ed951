// Conv: x, weights (constant, out_channels x in_channels / groups x kernel), bias or none, residual or none.
// output = activation(conv(x, weights) + bias + residual).
#pragma once

#include "graph/operator.h"
#include "ops/activation/activation.h"

namespace snug {

struct Conv {
  int64_t kernel_height = 1, kernel_width = 1;
  int64_t stride_y = 1, stride_x = 1;
  int64_t dilation_y = 1, dilation_x = 1;
  int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  int64_t groups = 1;
  Activation activation;
  bool matrix_output = false;  ///< the output is batch x out_channels: what was a fully connected layer
  bool operator==(const Conv&) const = default;
};

extern const Operator conv_operator;

}  // namespace snug
