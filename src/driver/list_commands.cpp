// snug primitives, snug operators, snug targets
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "driver/commands.h"
#include "graph/operator.h"
#include "ops/primitive.h"
#include "ops/refusals.h"
#include "report/json_text.h"
#include "report/table.h"
#include "target/target.h"

namespace snug {

namespace {

using nlohmann::json;

json primitive_json(const ListedPrimitive& listed) {
  const Primitive& primitive = *listed.primitive;
  return {{"name", primitive.name},
          {"family", primitive.family},
          {"operator", listed.operator_name},
          {"input_layout", primitive.input.name},
          {"output_layout", primitive.output.name},
          {"classic", primitive.classic},
          {"in_place", primitive.in_place},
          {"siblings", primitive.siblings},
          {"has_knob", primitive.blocks != nullptr},
          {"refuses", refusals(listed)},
          {"workspace", primitive.workspace},
          {"source", primitive.source}};
}

/// A headline and what is known of it, a line each.
void print_primitive(const ListedPrimitive& listed) {
  const Primitive& primitive = *listed.primitive;
  const std::vector<std::string_view> reasons = refusals(listed);
  fmt::print("{}: {}, {} → {}{}{}{}\n", primitive.name,
             primitive.family == listed.operator_name ? std::string(primitive.family)
                                                      : fmt::format("{}, {}", listed.operator_name, primitive.family),
             primitive.input.name, primitive.output.name, primitive.classic ? ", classic" : "",
             primitive.in_place ? ", in place" : "", primitive.siblings ? ", siblings in one call" : "");
  if (!reasons.empty()) fmt::print("    refuses    {}\n", fmt::join(reasons, "; "));
  fmt::print("    workspace  {}\n", primitive.workspace);
  if (!primitive.source.empty()) fmt::print("    source     {}\n", primitive.source);
}

void list_primitives(bool as_json) {
  if (!as_json) {
    for (const ListedPrimitive& listed : all_primitives()) print_primitive(listed);
    return;
  }
  json list = json::array();
  for (const ListedPrimitive& listed : all_primitives()) list.push_back(primitive_json(listed));
  print_json(list);
}

void list_operators(bool as_json) {
  json list = json::array();
  std::vector<std::vector<std::string>> rows;
  for (const Operator* op : all_operators()) {
    for (const OnnxOperator& onnx : op->onnx_operators) {
      list.push_back({{"onnx_operator", onnx.name}, {"operator", op->name}, {"restrictions", onnx.restrictions}});
      rows.push_back({std::string(onnx.name), std::string(op->name), std::string(onnx.restrictions)});
    }
  }
  if (as_json)
    print_json(list);
  else
    fmt::print("{}", table({{"ONNX operator"}, {"snug operator"}, {"restricted to"}}, rows));
}

void list_targets(bool as_json) {
  json list = json::array();
  std::vector<std::vector<std::string>> rows;
  for (const Target& target : all_targets()) {
    list.push_back({{"name", target.name},
                    {"description", target.description},
                    {"compiler", target.compiler},
                    {"flags", target.flags},
                    {"runner", target.runner},
                    {"measures_time", target.measures_time}});
    rows.push_back({target.name, target.compiler + " " + join(target.flags, " "),
                    target.runner.empty() ? "here" : join(target.runner, " "),
                    target.measures_time ? "measured" : "estimated", target.description});
  }
  if (as_json)
    print_json(list);
  else
    fmt::print("{}", table({{"target"}, {"compiler and flags"}, {"runs"}, {"costs"}, {"description"}}, rows));
}

}  // namespace

void add_list_commands(CLI::App& app) {
  const auto add = [&app](const char* name, const char* description, void (*list)(bool)) {
    CLI::App* command = app.add_subcommand(name, description);
    const auto as_json = std::make_shared<bool>(false);
    command->add_flag("--json", *as_json, "print JSON instead of the table");
    command->callback([=] { list(*as_json); });
  };
  add("primitives", "every primitive that selection may choose", list_primitives);
  add("operators", "every ONNX operator that snug takes", list_operators);
  add("targets", "every target that snug knows", list_targets);
}

}  // namespace snug
