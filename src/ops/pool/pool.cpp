#include "ops/pool/pool.h"

#include <fmt/format.h>

#include "base/error.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

static bool has_padding(const Pool& pool) {
  return pool.pad_top != 0 || pool.pad_left != 0 || pool.pad_bottom != 0 || pool.pad_right != 0;
}

static Pool read_global(const OnnxNode& node, const Dims& input) {
  if (input.size() < 3) node.fail(fmt::format("its input is {}; a pool needs at least 3 dimensions", text(input)));
  const MapShape map = images(input).map;
  Pool pool;
  pool.kind = node.operator_type == "GlobalMaxPool" ? SNUG_MAX : SNUG_AVERAGE;
  pool.kernel_height = map.height;
  pool.kernel_width = map.width;
  return pool;
}

static Pool read_sliding(const OnnxNode& node, const Dims& input) {
  node.require("kernel_shape");
  Pool pool;
  set_window(pool, read_window(node, input));
  pool.ceil_mode = node.integer("ceil_mode", 0) != 0;
  if (node.operator_type == "AveragePool") {
    // Without padding both ways to count are the same, and the plain one serves ceil_mode too.
    const bool including = node.integer("count_include_pad", 0) != 0 && has_padding(pool);
    pool.kind = including ? SNUG_AVERAGE_INCLUDING_PADDING : SNUG_AVERAGE;
  }
  return pool;
}

static TensorId import_pool(const OnnxNode& node, Graph& graph) {
  const Dims& input = required_input(node, graph, 0, "x").dims;
  const bool global = node.operator_type.rfind("Global", 0) == 0;
  const Pool pool = global ? read_global(node, input) : read_sliding(node, input);
  return add_node(graph, pool_operator, node.name, node.operator_type, pool, {node.input(0)}, node.outputs[0]);
}

/// Every position of the window must meet the map: the mean or the largest of nothing is no number.
static void check_positions(const Extent& extent, int64_t input, int64_t positions, bool including_padding) {
  for (int64_t position = 0; position < positions; ++position) {
    const int64_t start = position * extent.stride - extent.pad_before;
    if (start >= 0 && start < input) continue;
    const int64_t first_tap = start >= 0 ? 0 : (-start + extent.dilation - 1) / extent.dilation;
    const bool meets = first_tap < extent.kernel && start + first_tap * extent.dilation < input;
    if (!meets) throw UserError(fmt::format("its window lies wholly in the padding at position {}", position));
  }
  const int64_t reach = (positions - 1) * extent.stride + extent.span();
  if (including_padding && reach > extent.pad_before + input + extent.pad_after) {
    throw UserError("count_include_pad with a window that ceil_mode lets stick out beyond the padding");
  }
}

static int64_t positions(const Pool& pool, const Extent& extent, int64_t input) {
  const int64_t count = window_positions(extent, input, pool.ceil_mode);
  check_positions(extent, input, count, pool.kind == SNUG_AVERAGE_INCLUDING_PADDING);
  return count;
}

static Dims pool_dims(const Graph& graph, const Node& node) {
  const Pool& pool = attributes<Pool>(node);
  Dims dims = graph.tensor(node.inputs.at(0)).dims;
  if (dims.size() < 3) throw UserError(fmt::format("its input is {}; a pool needs at least 3 dimensions", text(dims)));
  const MapShape map = images(dims).map;
  const Window window = window_of(pool);
  check_padded(window, map);
  const int64_t height = positions(pool, window.y, map.height);
  const int64_t width = positions(pool, window.x, map.width);
  if (dims.size() > 4 && height != 1) throw UserError("snug takes pools of more than 2 dimensions only where global");
  for (size_t i = 2; i + 1 < dims.size(); ++i) dims[i] = height;
  dims.back() = width;
  return dims;
}

static Lowered lower_pool(const Graph& graph, const Node& node) {
  const Pool& pool = attributes<Pool>(node);
  const Images input = images(graph.tensor(node.inputs[0]).dims);
  Call call;
  call.layer = map_layer(input.map, images(graph.tensor(node.output).dims).map);
  set_window(call.layer, window_of(pool));
  call.layer.kind = pool.kind;
  return {.calls = {call}, .batch = input.batch};
}

static std::string describe_pool(const Node& node) {
  const Pool& pool = attributes<Pool>(node);
  std::string result = pool.kind == SNUG_MAX ? "maximum, " : "average, ";
  if (pool.kind == SNUG_AVERAGE_INCLUDING_PADDING) result = "average including padding, ";
  return result + text(window_of(pool)) + (pool.ceil_mode ? ", ceil" : "");
}

static std::vector<OnnxAttribute> with_window(std::vector<OnnxAttribute> own) {
  own.insert(own.end(), {{"auto_pad", kString},
                         {"ceil_mode", kInteger},
                         {"dilations", kIntegers},
                         {"kernel_shape", kIntegers},
                         {"pads", kIntegers},
                         {"strides", kIntegers}});
  return own;
}

const Operator pool_operator{
    .name = "pool",
    .onnx_operators = {{.name = "MaxPool",
                        .most_outputs = 2,
                        .attributes = with_window({{"storage_order", kInteger}}),
                        .restrictions = "1-D and 2-D, without indices"},
                       {.name = "AveragePool",
                        .attributes = with_window({{"count_include_pad", kInteger}}),
                        .restrictions = "1-D and 2-D"},
                       {.name = "GlobalMaxPool"},
                       {.name = "GlobalAveragePool"}},
    .import_onnx = import_pool,
    .output_dims = pool_dims,
    .lower = lower_pool,
    .describe = describe_pool,
};

}  // namespace snug
