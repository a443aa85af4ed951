// snug primitives, snug operators, snug targets
#include <fmt/format.h>

#include "base/text.h"
#include "driver/commands.h"
#include "graph/operator.h"
#include "ops/primitive.h"
#include "report/table.h"
#include "target/target.h"

#include <nlohmann/json.hpp>

namespace snug {

namespace {

using nlohmann::json;

void list_primitives(bool as_json) {
  json list = json::array();
  std::vector<std::vector<std::string>> rows;
  for (const auto& [primitive, operator_name] : all_primitives()) {
    const std::string workspace = std::string(primitive->workspace);
    list.push_back({{"name", primitive->name},
                    {"family", primitive->family},
                    {"operator", operator_name},
                    {"input_layout", primitive->input.name},
                    {"output_layout", primitive->output.name},
                    {"classic", primitive->classic},
                    {"in_place", primitive->in_place},
                    {"workspace", workspace},
                    {"source", primitive->source}});
    rows.push_back({std::string(primitive->name), std::string(operator_name), std::string(primitive->family),
                    fmt::format("{} → {}", primitive->input.name, primitive->output.name),
                    primitive->classic ? "yes" : "", workspace, std::string(primitive->source)});
  }
  if (as_json)
    fmt::print("{}\n", list.dump(2));
  else
    fmt::print(
        "{}",
        table({{"primitive"}, {"operator"}, {"family"}, {"layouts"}, {"classic"}, {"workspace"}, {"source"}}, rows));
}

void list_operators(bool as_json) {
  json list = json::array();
  std::vector<std::vector<std::string>> rows;
  for (const Operator* op : all_operators()) {
    for (const std::string_view onnx : op->onnx_operators) {
      list.push_back({{"onnx_operator", onnx}, {"operator", op->name}, {"restrictions", op->restrictions}});
      rows.push_back({std::string(onnx), std::string(op->name), std::string(op->restrictions)});
    }
  }
  if (as_json)
    fmt::print("{}\n", list.dump(2));
  else
    fmt::print("{}", table({{"ONNX operator"}, {"snug operator"}, {"not taken"}}, rows));
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
    fmt::print("{}\n", list.dump(2));
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
