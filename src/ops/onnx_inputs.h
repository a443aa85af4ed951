// What several rooms need to read an ONNX node: constant inputs, axes, sliding windows.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "graph/operator.h"

namespace snug {

/// The input's tensor; fails where it is absent.
const Tensor& required_input(const OnnxNode& node, const Graph& graph, size_t index, std::string_view what);

/// The constant at an input, or null where it is absent; fails where it is computed at run time.
const Tensor* constant_input(const OnnxNode& node, const Graph& graph, size_t index, std::string_view what);

/// The integers of a constant input, or `otherwise` where it is absent.
std::vector<int64_t> constant_integers(const OnnxNode& node, const Graph& graph, size_t index, std::string_view what,
                                       const std::vector<int64_t>& otherwise);

/// The one float of a constant input, or `otherwise` where it is absent.
float constant_float(const OnnxNode& node, const Graph& graph, size_t index, std::string_view what, float otherwise);

/// The axis counted from the front; fails outside [-rank, rank).
int64_t front_axis(const OnnxNode& node, int64_t axis, size_t rank);

/// The dimensions under which the second operand of Add, Sub, Mul or Div broadcasts against the first. Before opset 7
/// it is lined up with the first from `axis` on, since then with its end.
Dims second_operand_dims(const OnnxNode& node, const Dims& a, const Dims& b);

/// A window that slides along one dimension. Sizes in elements.
struct Extent {
  int64_t kernel = 1, stride = 1, dilation = 1, pad_before = 0, pad_after = 0;
  int64_t span() const { return (kernel - 1) * dilation + 1; }
};
struct Window {
  Extent y, x;
};

/// kernel_shape, strides, dilations, pads and auto_pad of a node whose input has these dims (rank 3 or 4; in rank 3
/// the height is 1). `kernel` holds the kernel's dims where they do not come from kernel_shape.
Window read_window(const OnnxNode& node, const Dims& input, const std::vector<int64_t>& kernel = {});

/// Throws UserError with the cause alone where kernels cannot index the map with the window's padding around it.
void check_padded(const Window& window, const MapShape& input);

/// How many positions the window has; throws UserError with the cause alone where it has none. With ceil_mode a last
/// window may stick out below, but never starts beyond the map and the padding before it.
int64_t window_positions(const Extent& extent, int64_t input, bool ceil_mode);

/// Attributes with the field names of Conv and Pool ↔ Window.
template <typename Attributes>
void set_window(Attributes& to, const Window& window) {
  to.kernel_height = window.y.kernel;
  to.kernel_width = window.x.kernel;
  to.stride_y = window.y.stride;
  to.stride_x = window.x.stride;
  to.dilation_y = window.y.dilation;
  to.dilation_x = window.x.dilation;
  to.pad_top = window.y.pad_before;
  to.pad_left = window.x.pad_before;
  to.pad_bottom = window.y.pad_after;
  to.pad_right = window.x.pad_after;
}
template <typename Attributes>
Window window_of(const Attributes& from) {
  return {{from.kernel_height, from.stride_y, from.dilation_y, from.pad_top, from.pad_bottom},
          {from.kernel_width, from.stride_x, from.dilation_x, from.pad_left, from.pad_right}};
}

/// Writes the window into a layer.
void set_window(snug_layer& layer, const Window& window);

/// "kernel 3x3, stride 2x2, pad 1,1,1,1"; dilation and pads only where there are any.
std::string text(const Window& window);

}  // namespace snug
