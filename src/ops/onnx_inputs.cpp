#include "ops/onnx_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace snug {

const Tensor& required_input(const OnnxNode& node, const Graph& graph, size_t index, std::string_view what) {
  if (node.input(index) == kNoTensor) node.fail(fmt::format("input {} ({}) is missing", index, what));
  return graph.tensor(node.input(index));
}

const Tensor* constant_input(const OnnxNode& node, const Graph& graph, size_t index, std::string_view what) {
  if (node.input(index) == kNoTensor) return nullptr;
  const Tensor& tensor = graph.tensor(node.input(index));
  if (!tensor.constant) {
    node.fail(fmt::format("its {} \"{}\" is computed at run time; snug takes constants only", what, tensor.name));
  }
  return &tensor;
}

std::vector<int64_t> constant_integers(const OnnxNode& node, const Graph& graph, size_t index, std::string_view what,
                                       const std::vector<int64_t>& otherwise) {
  const Tensor* tensor = constant_input(node, graph, index, what);
  if (!tensor) return otherwise;
  if (tensor->type != ElementType::kInt64) node.fail(fmt::format("its {} \"{}\" is not int64", what, tensor->name));
  return tensor->constant->integers;
}

float constant_float(const OnnxNode& node, const Graph& graph, size_t index, std::string_view what, float otherwise) {
  const Tensor* tensor = constant_input(node, graph, index, what);
  if (!tensor) return otherwise;
  if (tensor->type != ElementType::kFloat32 || tensor->constant->floats.size() != 1) {
    node.fail(fmt::format("its {} \"{}\" is not one float32", what, tensor->name));
  }
  if (std::isnan(tensor->constant->floats[0])) node.fail(fmt::format("its {} \"{}\" is NaN", what, tensor->name));
  return tensor->constant->floats[0];
}

int64_t front_axis(const OnnxNode& node, int64_t axis, size_t rank) {
  const int64_t count = static_cast<int64_t>(rank);
  if (axis < -count || axis >= count)
    node.fail(fmt::format("axis {} is outside the input's {} dimensions", axis, count));
  return axis < 0 ? axis + count : axis;
}

Dims second_operand_dims(const OnnxNode& node, const Dims& a, const Dims& b) {
  if (node.opset >= 7 || node.integer("broadcast", 0) == 0 || !node.has("axis")) return b;
  const size_t axis = static_cast<size_t>(front_axis(node, node.integer("axis", 0), a.size()));
  if (axis + b.size() > a.size()) node.fail(fmt::format("axis {} does not suit {}", axis, text(b)));
  Dims dims = b;
  dims.resize(a.size() - axis, 1);
  return dims;
}

static void check_extents(const OnnxNode& node, const std::string& what, const std::vector<int64_t>& values,
                          int64_t least) {
  for (const int64_t value : values) {
    if (value < least || value > kMostExtent) {
      node.fail(fmt::format("{} holds {}; snug takes {} to {}", what, value, least, kMostExtent));
    }
  }
}

/// One value per spatial dimension from an attribute; 1s or 0s where it is absent.
static std::vector<int64_t> spatial(const OnnxNode& node, const std::string& attribute, size_t count, int64_t otherwise,
                                    int64_t least) {
  const std::vector<int64_t> values = node.integers(attribute, std::vector<int64_t>(count, otherwise));
  if (values.size() != count) node.fail(fmt::format("{} has {} values, not {}", attribute, values.size(), count));
  check_extents(node, attribute, values, least);
  return values;
}

/// SAME_UPPER and SAME_LOWER: as many outputs as strides fit, the odd padding element after or before the map.
static void pad_same(Extent& extent, int64_t input, bool upper) {
  const int64_t outputs = (input + extent.stride - 1) / extent.stride;
  const int64_t total = std::max<int64_t>((outputs - 1) * extent.stride + extent.span() - input, 0);
  extent.pad_before = upper ? total / 2 : total - total / 2;
  extent.pad_after = total - extent.pad_before;
}

/// A stride beyond the padded map and the dilation of a single tap change nothing. Kernels plan by both, so neither may
/// be larger than the map makes it.
static void drop_ineffective(Extent& extent, int64_t input) {
  extent.stride = std::min(extent.stride, extent.pad_before + input + extent.pad_after);
  if (extent.kernel == 1) extent.dilation = 1;
}

Window read_window(const OnnxNode& node, const Dims& input, const std::vector<int64_t>& kernel) {
  if (input.size() != 3 && input.size() != 4) {
    node.fail(fmt::format("its input is {}; snug takes maps of 3 or 4 dimensions", text(input)));
  }
  const size_t count = input.size() - 2;
  const std::vector<int64_t> kernels = kernel.empty() ? spatial(node, "kernel_shape", count, 0, 1) : kernel;
  check_extents(node, "the shape of its kernel", kernels, 1);
  const std::vector<int64_t> strides = spatial(node, "strides", count, 1, 1);
  const std::vector<int64_t> dilations = spatial(node, "dilations", count, 1, 1);
  const std::string auto_pad = node.string("auto_pad", "NOTSET");
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  if (!same && auto_pad != "NOTSET" && auto_pad != "VALID" && !auto_pad.empty()) {
    node.fail(fmt::format("auto_pad \"{}\" is not one of NOTSET, SAME_UPPER, SAME_LOWER, VALID", auto_pad));
  }
  const std::vector<int64_t> pads =
      same || auto_pad == "VALID" ? std::vector<int64_t>(2 * count, 0) : spatial(node, "pads", 2 * count, 0, 0);
  Window window;
  for (size_t i = 0; i < count; ++i) {
    Extent& extent = i + 1 == count ? window.x : window.y;
    extent = {kernels[i], strides[i], dilations[i], pads[i], pads[i + count]};
    if (same) pad_same(extent, input[i + 2], auto_pad == "SAME_UPPER");
    drop_ineffective(extent, input[i + 2]);
  }
  return window;
}

void check_padded(const Window& window, const MapShape& input) {
  const auto padded = [](const Extent& extent, int64_t length) {
    return extent.pad_before + length + extent.pad_after;
  };
  const Dims dims{1, input.channels, padded(window.y, input.height), padded(window.x, input.width)};
  if (padded_element_count(dims) > kMostMapElements) {
    throw UserError(fmt::format("its padded input would be {}; {}", text(dims), kMapLimit));
  }
}

int64_t window_positions(const Extent& extent, int64_t input, bool ceil_mode) {
  const int64_t room = input + extent.pad_before + extent.pad_after - extent.span();
  if (room < 0) {
    throw UserError(fmt::format("a kernel that spans {} does not fit an extent of {} with padding {} and {}",
                                extent.span(), input, extent.pad_before, extent.pad_after));
  }
  const int64_t floor_positions = room / extent.stride + 1;
  if (!ceil_mode || room % extent.stride == 0) return floor_positions;
  const bool starts_inside = floor_positions * extent.stride < input + extent.pad_before;
  return floor_positions + (starts_inside ? 1 : 0);
}

void set_window(snug_layer& layer, const Window& window) {
  layer.kernel_height = static_cast<int32_t>(window.y.kernel);
  layer.kernel_width = static_cast<int32_t>(window.x.kernel);
  layer.stride_y = static_cast<int32_t>(window.y.stride);
  layer.stride_x = static_cast<int32_t>(window.x.stride);
  layer.dilation_y = static_cast<int32_t>(window.y.dilation);
  layer.dilation_x = static_cast<int32_t>(window.x.dilation);
  layer.pad_top = static_cast<int32_t>(window.y.pad_before);
  layer.pad_left = static_cast<int32_t>(window.x.pad_before);
}

std::string text(const Window& window) {
  const auto& [y, x] = window;
  std::string result = fmt::format("kernel {}x{}, stride {}x{}", y.kernel, x.kernel, y.stride, x.stride);
  if (y.dilation != 1 || x.dilation != 1) result += fmt::format(", dilation {}x{}", y.dilation, x.dilation);
  if (y.pad_before != 0 || x.pad_before != 0 || y.pad_after != 0 || x.pad_after != 0) {
    result += fmt::format(", pad {},{},{},{}", y.pad_before, x.pad_before, y.pad_after, x.pad_after);
  }
  return result;
}

}  // namespace snug
