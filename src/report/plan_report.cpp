#include "report/plan_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/table.h"

namespace snug {

namespace {

using nlohmann::json;

int64_t output_bytes(const Step& step) {
  return 4 * stored_floats(step.output.layout, output_shape(step.layer)) * step.batch;
}

std::string primitive_text(const Step& step) {
  std::string text(step.primitive->name);
  if (step.layer.block != 0) text += fmt::format(" ({})", step.layer.block);
  return step.parts.empty() ? text : fmt::format("{}, {}", text, parts_text(step));
}

/// Further nodes that the call computes.
std::vector<int> also_computed(const Step& step) {
  std::vector<int> nodes = step.fused;
  for (const Sibling& sibling : step.siblings) nodes.push_back(sibling.node);
  return nodes;
}

/// "inception_3a/1x1 +2"
std::string name_text(const Step& step) {
  const size_t more = also_computed(step).size();
  const std::string name = shortened(step.layer_name, kLongestName);
  return more == 0 ? name : fmt::format("{} +{}", name, more);
}

json layer_json(const PlanView& view, size_t index) {
  const Step& step = view.program.steps[index];
  const bool conversion = step.operator_name == "convert";
  json also = json::array();
  for (const int node : also_computed(step)) also.push_back(view.graph.nodes[static_cast<size_t>(node)].name);
  return {
      {"step", index},
      {"layer", step.layer_name},
      {"also", also},
      {"operator", conversion ? "layout conversion" : view.graph.nodes[static_cast<size_t>(step.node)].onnx_operator},
      {"primitive", step.primitive->name},
      {"block", step.layer.block},
      {"split", name(step.split)},
      {"parts", std::max<size_t>(1, step.parts.size())},
      {"text", layer_text(step.layer)},
      {"input_layout", step.primitive->input.name},
      {"output_layout", step.primitive->output.name},
      {"offset_bytes", arena_offset(view.plan, step.output)},
      {"bytes", output_bytes(step)},
      {"workspace_bytes", step.workspace_bytes},
      {"weight_bytes", step.weights.bytes + step.bias.bytes},
      {"expected_ns", step.expected_ns}};
}

json ports_json(const std::vector<Port>& ports, const MemoryPlan& plan) {
  json result = json::array();
  for (const Port& port : ports) {
    result.push_back({{"name", port.name}, {"dims", port.dims}, {"offset_bytes", arena_offset(plan, port.view)}});
  }
  return result;
}

json limit_json(int64_t limit) {
  return limit == kNoLimit ? json(nullptr) : json(limit);
}

std::string totals(const PlanView& view) {
  const MemoryPlan& plan = view.plan;
  const double gap = plan.lower_bound_bytes == 0
                         ? 0
                         : 100.0 * static_cast<double>(plan.arena_bytes - plan.lower_bound_bytes) /
                               static_cast<double>(plan.lower_bound_bytes);
  std::string text = fmt::format("\nRAM       {} arena, input and output included; lower bound {}, gap {:.1f} %{}\n",
                                 format_bytes(plan.arena_bytes), format_bytes(plan.lower_bound_bytes), gap,
                                 plan.optimal ? " (placement proven)" : "");
  text += fmt::format("flash     {} packed weights\n", format_bytes(static_cast<int64_t>(view.program.weights.size())));
  text +=
      fmt::format("time      {} expected ({} on {})\n", format_ns(expected_ns(view.program)),
                  view.measured ? "from measured layers" : "estimated from work and bytes, not measured", view.target);
  if (view.program.threads > 1) {
    const int64_t lasting = view.program.lasting_workspace_bytes;
    text +=
        fmt::format("threads   {}{}; without OpenMP see snug_parallel.h\n", view.program.threads,
                    lasting == 0 ? ""
                                 : fmt::format(", each with a workspace of {} that maps share only under a --ram limit",
                                               format_bytes(lasting)));
  }
  text += fmt::format("strategy  {}, {} ({})\n", name(view.selection.strategy),
                      view.selection.optimal ? "optimality proven" : "optimality not proven", view.selection.solver);
  if (view.placement_slack_bytes > 0) {
    text += fmt::format(
        "          the limit was lowered by {} to make a placement fit: optimal for live bytes, not for the arena\n",
        format_bytes(view.placement_slack_bytes));
  }
  return text;
}

}  // namespace

double expected_ns(const Program& program) {
  double sum = 0;
  for (const Step& step : program.steps) sum += step.expected_ns;
  return sum;
}

std::string plan_table(const PlanView& view) {
  const Program& program = view.program;
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    rows.push_back({std::to_string(i), name_text(step), primitive_text(step),
                    fmt::format("{} → {}", step.primitive->input.name, step.primitive->output.name),
                    std::to_string(arena_offset(view.plan, step.output)), format_bytes(output_bytes(step)),
                    format_bytes(step.workspace_bytes), format_bytes(step.weights.bytes + step.bias.bytes),
                    format_ns(step.expected_ns)});
  }
  const std::vector<Column> columns{{"step", Align::kRight},
                                    {"layer"},
                                    {"primitive"},
                                    {"layouts"},
                                    {"offset", Align::kRight},
                                    {"output", Align::kRight},
                                    {"workspace", Align::kRight},
                                    {"weights", Align::kRight},
                                    {"expected", Align::kRight}};
  const auto has_more = [](const Step& step) { return !also_computed(step).empty(); };
  const std::string legend =
      std::ranges::any_of(program.steps, has_more)
          ? "\n+N: the call computes N more layers, fused behind it or siblings of it; --json and the C name them\n"
          : "";
  return table(columns, rows) + legend + totals(view);
}

nlohmann::json plan_json(const PlanView& view) {
  json layers = json::array(), buffers = json::array();
  for (size_t i = 0; i < view.program.steps.size(); ++i) layers.push_back(layer_json(view, i));
  for (size_t i = 0; i < view.program.buffers.size(); ++i) {
    const Buffer& buffer = view.program.buffers[i];
    buffers.push_back({{"name", buffer.name},
                       {"offset_bytes", view.plan.offsets[i]},
                       {"bytes", buffer.bytes},
                       {"first_step", buffer.first},
                       {"last_step", buffer.last}});
  }
  return {{"model", view.model},
          {"target", view.target},
          {"threads", view.program.threads},
          {"strategy", name(view.selection.strategy)},
          {"optimal", view.selection.optimal},
          {"solver", view.selection.solver},
          {"measured", view.measured},
          {"arena_bytes", view.plan.arena_bytes},
          {"arena_lower_bound_bytes", view.plan.lower_bound_bytes},
          {"placement_optimal", view.plan.optimal},
          {"lasting_workspace_bytes", view.program.lasting_workspace_bytes},
          {"placement_slack_bytes", view.placement_slack_bytes},
          {"flash_bytes", view.program.weights.size()},
          {"expected_ns", expected_ns(view.program)},
          {"limits",
           {{"ram_bytes", limit_json(view.limits.ram_bytes)},
            {"flash_bytes", limit_json(view.limits.flash_bytes)},
            {"latency_ns", limit_json(view.limits.latency_ns)}}},
          {"inputs", ports_json(view.program.inputs, view.plan)},
          {"outputs", ports_json(view.program.outputs, view.plan)},
          {"layers", layers},
          {"buffers", buffers}};
}

}  // namespace snug
