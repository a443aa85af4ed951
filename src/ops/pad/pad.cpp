#include "ops/pad/pad.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

/// Which dimensions the pads are for: all, unless opset 18's input names some.
static std::vector<int64_t> read_axes(const OnnxNode& node, const Graph& graph, size_t rank) {
  std::vector<int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  axes = constant_integers(node, graph, 3, "axes", axes);
  for (int64_t& axis : axes) axis = front_axis(node, axis, rank);
  return axes;
}

static TensorId import_pad(const OnnxNode& node, Graph& graph) {
  const Dims& dims = required_input(node, graph, 0, "x").dims;
  const std::string mode = node.string("mode", "constant");
  if (mode != "constant") node.fail(fmt::format("mode \"{}\"; snug takes \"constant\" only", mode));
  std::vector<int64_t> pads = node.integers("pads", node.integers("paddings", {}));
  if (node.opset >= 11) required_input(node, graph, 1, "pads");
  pads = constant_integers(node, graph, 1, "pads", pads);
  const std::vector<int64_t> axes = read_axes(node, graph, dims.size());
  if (pads.size() != 2 * axes.size()) node.fail(fmt::format("{} pads for {} dimensions", pads.size(), axes.size()));
  Pad pad{std::vector<int64_t>(dims.size(), 0), std::vector<int64_t>(dims.size(), 0), node.limit("value", 0)};
  pad.value = constant_float(node, graph, 2, "value", pad.value);
  for (size_t i = 0; i < axes.size(); ++i) {
    pad.before[static_cast<size_t>(axes[i])] = pads[i];
    pad.after[static_cast<size_t>(axes[i])] = pads[i + axes.size()];
  }
  return add_node(graph, pad_operator, node.name, node.operator_type, pad, {node.input(0)}, node.outputs[0]);
}

/// The map to pad: each image is padded in rows and columns only.
struct Plan {
  Images input;
  int64_t top = 0, bottom = 0, left = 0, right = 0;
  bool row_major_only = false;
};

/// Rank 2 and padded channels: dimensions that are not padded join the padded one before them, until at most a height
/// and a width are left; what lies before these are channels. False where more than two padded groups remain.
static bool plan_rows(const Dims& dims, const Pad& pad, Plan& plan) {
  struct Group {
    int64_t length = 1, before = 0, after = 0;
  };
  std::vector<Group> groups{{}};
  for (size_t i = 0; i < dims.size(); ++i) {
    if (pad.before[i] != 0 || pad.after[i] != 0) {
      groups.push_back({dims[i], pad.before[i], pad.after[i]});
    } else {
      Group& last = groups.back();
      last = {last.length * dims[i], last.before * dims[i], last.after * dims[i]};
    }
  }
  if (groups.size() > 3) return false;
  const Group width = groups.size() > 1 ? groups.back() : Group{};
  const Group height = groups.size() > 2 ? groups[1] : Group{};
  plan.input = {.batch = 1, .map = {groups[0].length, height.length, width.length}};
  plan.top = height.before, plan.bottom = height.after;
  plan.left = width.before, plan.right = width.after;
  plan.row_major_only = true;
  return true;
}

static bool plan_pad(const Dims& dims, const Pad& pad, Plan& plan) {
  const size_t rank = dims.size();
  const auto padded = [&](size_t i) { return pad.before[i] != 0 || pad.after[i] != 0; };
  if ((rank != 3 && rank != 4) || padded(0) || padded(1)) return plan_rows(dims, pad, plan);
  plan.input = images(dims);
  plan.left = pad.before[rank - 1], plan.right = pad.after[rank - 1];
  if (rank == 4) plan.top = pad.before[2], plan.bottom = pad.after[2];
  return true;
}

static Dims pad_dims(const Graph& graph, const Node& node) {
  const Pad& pad = attributes<Pad>(node);
  const Dims& input = graph.tensor(node.inputs.at(0)).dims;
  CHECK(pad.before.size() == input.size() && pad.after.size() == input.size(), node.name);
  Dims output;
  for (size_t i = 0; i < input.size(); ++i) {
    const auto [least, most] = std::minmax(pad.before[i], pad.after[i]);
    if (least < 0) throw UserError(fmt::format("a negative pad, {}; snug does not crop", least));
    if (most > (int64_t{1} << 30)) throw UserError(fmt::format("a pad of {}", most));
    output.push_back(input[i] + pad.before[i] + pad.after[i]);
  }
  Plan plan;
  if (!plan_pad(input, pad, plan))
    throw UserError(fmt::format("three or more dimensions of {} are padded", text(input)));
  return output;
}

static Lowered lower_pad(const Graph& graph, const Node& node) {
  const Pad& pad = attributes<Pad>(node);
  Plan plan;
  CHECK(plan_pad(graph.tensor(node.inputs[0]).dims, pad, plan), node.name);
  MapShape output = plan.input.map;
  output.height += plan.top + plan.bottom;
  output.width += plan.left + plan.right;
  Call call;
  call.layer = map_layer(plan.input.map, output);
  call.layer.pad_top = static_cast<int32_t>(plan.top);
  call.layer.pad_left = static_cast<int32_t>(plan.left);
  call.layer.pad_value = pad.value;
  return {.calls = {call}, .batch = plan.input.batch, .row_major_only = plan.row_major_only};
}

static std::string describe_pad(const Node& node) {
  const Pad& pad = attributes<Pad>(node);
  return fmt::format("before {}, after {}, value {}", fmt::join(pad.before, ","), fmt::join(pad.after, ","), pad.value);
}

const Operator pad_operator{
    .name = "pad",
    .onnx_operators =
        {{.name = "Pad",
          .inputs = {1, 4},
          .attributes = {{"mode", kString}, {"pads", kIntegers}, {"paddings", kIntegers}, {"value", kReal}},
          .restrictions =
              "mode constant, pads not negative, at most two dimensions padded where channels or batch are"}},
    .import_onnx = import_pad,
    .output_dims = pad_dims,
    .lower = lower_pad,
    .describe = describe_pad,
};

}  // namespace snug
