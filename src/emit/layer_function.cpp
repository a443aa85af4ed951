#include "emit/layer_function.h"

#include <fmt/format.h>

#include <cmath>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "emit/names.h"
#include "graph/operator.h"
#include "kernels/layer_fields.h"
#include "ops/activation/activation.h"

namespace snug {

namespace {

std::string c_float(float value) {
  if (std::isinf(value)) return value > 0 ? "HUGE_VALF" : "-HUGE_VALF";
  const std::string digits = fmt::format("{:.9g}", value);
  const bool whole = digits.find_first_of(".e") == std::string::npos;
  return digits + (whole ? ".0F" : "F");
}

std::string c_kind(int32_t kind) {
  switch (kind) {
    case SNUG_MAX:
      return "SNUG_MAX";
    case SNUG_AVERAGE:
      return "SNUG_AVERAGE";
    case SNUG_AVERAGE_INCLUDING_PADDING:
      return "SNUG_AVERAGE_INCLUDING_PADDING";
    case SNUG_ADD:
      return "SNUG_ADD";
    case SNUG_MULTIPLY:
      return "SNUG_MULTIPLY";
    default:
      return std::to_string(kind);
  }
}

std::string c_activation(int32_t activation) {
  static const char* const kNames[] = {"SNUG_NO_ACTIVATION", "SNUG_RELU",         "SNUG_CLIP",      "SNUG_LEAKY_RELU",
                                       "SNUG_SIGMOID",       "SNUG_HARD_SIGMOID", "SNUG_HARD_SWISH"};
  return kNames[activation];
}

/// Fields of an initialiser, broken into lines.
std::string in_lines(const std::vector<std::string>& fields) {
  std::string lines = "       ";
  size_t width = 8;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string field = " " + fields[i] + (i + 1 < fields.size() ? "," : "");
    if (width + field.size() > 100) {
      lines += "\n       ";
      width = 8;
    }
    lines += field;
    width += field.size();
  }
  return lines;
}

/// "{64, 160, 0}"
std::string c_array(std::span<const int32_t> values) {
  return fmt::format("{{{}}}", fmt::join(values, ", "));
}

/// The layer with the places of siblings' outputs, which the plan says.
snug_layer placed_layer(const MemoryPlan& plan, const Step& step) {
  snug_layer layer = step.layer;
  for (size_t i = 0; i < step.siblings.size(); ++i) {
    const int64_t floats = (arena_offset(plan, step.siblings[i].output) - arena_offset(plan, step.output)) / 4;
    const int64_t one_after_another = int64_t{layer.sibling_channel[i]} / 16 * layer.out_plane;
    layer.sibling_floats[i] = static_cast<int32_t>(floats - one_after_another);
    CHECK(layer.sibling_floats[i] == floats - one_after_another,
          step.layer_name + ": siblings' outputs lie too far apart");
  }
  return layer;
}

/// ".in_channels = 3, .in_height = 224, ..." without the fields that are 0.
std::string initialiser(const snug_layer& layer) {
  std::vector<std::string> fields;
  const auto add = [&](const char* field, const std::string& value) {
    fields.push_back(fmt::format(".{} = {}", field, value));
  };
  const auto integer = [&](const char* field, int32_t value) {
    const std::string_view name = field;
    if (value != 0)
      add(field, name == "kind"                 ? c_kind(value)
                 : name.ends_with("activation") ? c_activation(value)
                                                : std::to_string(value));
  };
  const auto real = [&](const char* field, float value) {
    if (value != 0) add(field, c_float(value));
  };
#define SNUG_INTEGER(field, key) integer(#field, layer.field);
#define SNUG_REAL(field, key) real(#field, layer.field);
  SNUG_LAYER_FIELDS(SNUG_INTEGER, SNUG_REAL)
#undef SNUG_INTEGER
#undef SNUG_REAL
  integer("in_plane", layer.in_plane), integer("in_row", layer.in_row), integer("in_pixel", layer.in_pixel);
  integer("other_plane", layer.other_plane), integer("other_row", layer.other_row);
  integer("other_pixel", layer.other_pixel);
  integer("out_plane", layer.out_plane), integer("out_row", layer.out_row), integer("out_pixel", layer.out_pixel);
  if (layer.sibling_channel[0] > 0) {
    add("sibling_channel", c_array(layer.sibling_channel));
    add("sibling_floats", c_array(layer.sibling_floats));
  }
  return in_lines(fields);
}

/// The initialiser of a snug_part, braces included.
std::string part_initialiser(const Part& part) {
  std::vector<std::string> fields;
  for (const auto& [member, value] : members(part)) {
    if (value != 0) fields.push_back(fmt::format(".{} = {}", member, value));
  }
  return "        {" + in_lines(fields).substr(8) + "}";
}

std::string shape_text(const MapShape& shape) {
  return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

/// `Conv "conv1"`
std::string node_text(const Graph& graph, int index) {
  constexpr size_t kLongestName = 120;
  const Node& node = graph.nodes[static_cast<size_t>(index)];
  return fmt::format("{} \"{}\"", node.onnx_operator, shortened(node.name, kLongestName));
}

std::string comment(const Graph& graph, const Step& step, const std::string& name) {
  const snug_layer& layer = step.layer;
  std::string text = fmt::format("{}: ", name);
  if (step.operator_name == "convert") {
    text += step.layer_name;
  } else {
    text += node_text(graph, step.node);
    for (const int index : step.fused) text += ", then " + node_text(graph, index);
    for (const Sibling& sibling : step.siblings) text += " and " + node_text(graph, sibling.node);
  }
  text += fmt::format(", {} -> {}", shape_text(input_shape(layer)), shape_text(output_shape(layer)));
  if (layer.kernel_height > 0) {
    text += fmt::format(", kernel {}x{}, stride {}", layer.kernel_height, layer.kernel_width, layer.stride_y);
    if (layer.stride_x != layer.stride_y) text += fmt::format("x{}", layer.stride_x);
  }
  if (layer.groups > 1) text += fmt::format(", {} groups", layer.groups);
  if (!step.parts.empty()) text += ", in " + parts_text(step);
  return in_comment(text);
}

bool is_conv(const Step& step) {
  return has_conv_kernels(step.operator_name);
}
bool has_other(const Step& step) {
  return step.other.buffer >= 0;
}

/// The C parameters of a step's function; the call passes the same in the same order.
std::string parameters_of(const Step& step) {
  std::vector<std::string> parameters{"const float *input"};
  if (has_other(step)) parameters.emplace_back(is_conv(step) ? "const float *residual" : "const float *other");
  if (step.weights.bytes > 0) parameters.emplace_back("const float *weights");
  parameters.emplace_back("float *output");
  if (step.workspace >= 0) parameters.emplace_back("void *workspace");
  return fmt::format("{}", fmt::join(parameters, ", "));
}

/// A statement, once per image.
std::string for_images(const Step& step, const std::string& statement) {
  if (step.batch <= 1) return "    " + statement;
  return fmt::format("    size_t image;\n    for (image = 0; image < {}; ++image)\n        {}", step.batch, statement);
}

/// The function that runs one part, and the one that runs them all.
std::string parts_functions(const Graph& graph, const MemoryPlan& plan, const Step& step, const std::string& name,
                            const std::string& part_name) {
  const auto begin = [&](const char* pointer, const char* offset, const View& view) {
    const bool many = step.batch > 1 && view.image_floats > 0;
    return fmt::format("call->{} + p->{}{}", pointer, offset,
                       many ? fmt::format(" + image * {}", view.image_floats) : "");
  };
  const std::string other = has_other(step) ? begin("other", "other", step.other) : "NULL";
  std::string arguments = begin("input", "input", step.input);
  if (is_conv(step)) {
    arguments += fmt::format(", call->weights + p->weights,\n        call->weights + {} + p->bias, {},\n        {}, {}",
                             (step.bias.offset_bytes - step.weights.offset_bytes) / 4, other,
                             begin("output", "output", step.output),
                             step.workspace >= 0 ? "(unsigned char *)call->workspace + p->workspace" : "NULL");
  } else {
    arguments += fmt::format(", {}, {}", step.weights.bytes > 0 ? "call->weights + p->other" : other,
                             begin("output", "output", step.output));
  }
  std::vector<std::string> parts;
  for (const Part& part : step.parts) parts.push_back(part_initialiser(part));
  return fmt::format(
      "/* {} */\n"
      "static void {}(const void *context, int part)\n"
      "{{\n"
      "    static const snug_layer layer = {{\n{}\n    }};\n"
      "    static const snug_part parts[] = {{\n{}\n    }};\n"
      "    const snug_call *const call = context;\n"
      "    const snug_part *const p = &parts[part];\n"
      "    const snug_layer slice = snug_slice(&layer, p);\n"
      "{}"
      "}}\n\n"
      "static void {}({})\n"
      "{{\n"
      "    const snug_call call = {{input, {}, {}, output, {}}};\n"
      "    snug_parallel_for({}, {}, &call);\n"
      "}}\n",
      comment(graph, step, name), part_name, initialiser(placed_layer(plan, step)), fmt::join(parts, ",\n"),
      for_images(step, fmt::format("{}(&slice, {});\n", step.primitive->name, arguments)), name, parameters_of(step),
      !has_other(step) ? "NULL"
      : is_conv(step)  ? "residual"
                       : "other",
      step.weights.bytes > 0 ? "weights" : "NULL", step.workspace >= 0 ? "workspace" : "NULL", step.parts.size(),
      part_name);
}

}  // namespace

std::string layer_function(const Graph& graph, const MemoryPlan& plan, const Step& step, const std::string& name,
                           const std::string& part_name) {
  if (!step.parts.empty()) return parts_functions(graph, plan, step, name, part_name);

  const auto image = [&](const char* pointer, const View& view) {
    return step.batch > 1 && view.image_floats > 0 ? fmt::format("{} + image * {}", pointer, view.image_floats)
                                                   : std::string(pointer);
  };
  const std::string other = has_other(step) ? image(is_conv(step) ? "residual" : "other", step.other) : "NULL";
  std::string arguments;
  if (is_conv(step)) {
    arguments = fmt::format("&layer, {}, weights, weights + {}, {}, {}, {}", image("input", step.input),
                            (step.bias.offset_bytes - step.weights.offset_bytes) / 4, other,
                            image("output", step.output), step.workspace >= 0 ? "workspace" : "NULL");
  } else {
    arguments = fmt::format("&layer, {}, {}, {}", image("input", step.input),
                            step.weights.bytes > 0 ? "weights" : other, image("output", step.output));
  }
  const std::string call = for_images(step, fmt::format("{}({});\n", step.primitive->name, arguments));
  return fmt::format(
      "/* {} */\n"
      "static void {}({})\n"
      "{{\n"
      "    static const snug_layer layer = {{\n"
      "{}\n"
      "    }};\n"
      "{}"
      "}}\n",
      comment(graph, step, name), name, parameters_of(step), initialiser(placed_layer(plan, step)), call);
}

std::string layer_call(const MemoryPlan& plan, const Step& step, const std::string& name) {
  const auto place = [&](const View& view) { return fmt::format("snug_at(arena, {})", arena_offset(plan, view)); };
  std::vector<std::string> arguments{place(step.input)};
  if (has_other(step)) arguments.push_back(place(step.other));
  if (step.weights.bytes > 0) arguments.push_back(fmt::format("snug_in(weights, {})", step.weights.offset_bytes));
  arguments.push_back(place(step.output));
  if (step.workspace >= 0)
    arguments.push_back(fmt::format("snug_at(arena, {})", plan.offsets[static_cast<size_t>(step.workspace)]));
  return fmt::format("    {}({});\n", name, fmt::join(arguments, ", "));
}

}  // namespace snug
