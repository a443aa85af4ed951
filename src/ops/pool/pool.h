// MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool. inputs: x.
#pragma once

#include "graph/operator.h"

namespace snug {

struct Pool {
  snug_kind kind = SNUG_MAX;  ///< SNUG_MAX, SNUG_AVERAGE, SNUG_AVERAGE_INCLUDING_PADDING
  int64_t kernel_height = 1, kernel_width = 1;
  int64_t stride_y = 1, stride_x = 1;
  int64_t dilation_y = 1, dilation_x = 1;
  int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  bool ceil_mode = false;
};

extern const Operator pool_operator;

}  // namespace snug
