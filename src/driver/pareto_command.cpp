// snug pareto
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "driver/commands.h"
#include "driver/options.h"
#include "memory/memory_plan.h"
#include "program/program.h"
#include "report/json_text.h"
#include "report/table.h"

namespace snug {

namespace {

using nlohmann::json;

struct ParetoArguments {
  ModelArguments model;
  std::filesystem::path csv;
  bool json = false;
};

/// One point: a selection with its arena and how to get it again.
struct Point {
  std::string strategy;
  bool optimal = false;
  double time_ns = 0;
  int64_t live_bytes = 0, arena_bytes = 0, flash_bytes = 0;
  std::string command;
};

Point point(const Priced& priced, const Selection& selection, const std::string& command) {
  const Program program = verified(schedule(priced.graph, priced.costs, selection));
  const MemoryPlan plan = verified(plan_memory(program), program);
  return {.strategy = std::string(name(selection.strategy)),
          .optimal = selection.optimal,
          .time_ns = static_cast<double>(selection.evaluation.time_ns),
          .live_bytes = selection.evaluation.peak_bytes,
          .arena_bytes = plan.arena_bytes,
          .flash_bytes = selection.evaluation.flash_bytes,
          .command = command};
}

std::string base_command(const ModelArguments& arguments) {
  std::string command =
      fmt::format("snug compile {} --target {}", shell_word(arguments.model.string()), shell_word(arguments.target));
  if (arguments.primitives != "all") command += " --primitives " + arguments.primitives;
  if (arguments.layouts != ModelArguments{}.layouts) command += " --layouts " + arguments.layouts;
  if (arguments.estimate) command += " --estimate";
  if (arguments.threads != 1) command += fmt::format(" --threads {}", arguments.threads);
  if (!arguments.flash.empty()) command += " --flash " + arguments.flash;
  for (const std::string& shape : arguments.shapes) command += " --shape " + shell_word(shape);
  if (!arguments.outputs.empty()) command += " --outputs " + shell_word(join(arguments.outputs, ","));
  return command;
}

std::vector<Point> points(const Priced& priced, const CompileOptions& options, const ParetoArguments& arguments) {
  std::vector<Point> result;
  const std::string command = base_command(arguments.model);
  for (const Selection& selection : pareto_frontier(priced.costs, options.limits)) {
    result.push_back(point(priced, selection, ""));
    result.back().command = fmt::format("{} --ram {}", command, result.back().arena_bytes);
  }
  for (const Strategy strategy : {Strategy::kTimeOnly, Strategy::kGreedyFastest, Strategy::kGreedyInOrder,
                                  Strategy::kGreedySmallest, Strategy::kPerLayer, Strategy::kDirect}) {
    const std::variant<Selection, Infeasible> selected =
        select(priced.costs, {.flash_bytes = options.limits.flash_bytes}, strategy);
    if (const auto* selection = std::get_if<Selection>(&selected)) {
      result.push_back(point(priced, *selection, fmt::format("{} --strategy {}", command, name(strategy))));
    }
  }
  return result;
}

/// In quotes, and quotes in it twice.
std::string csv_word(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

void write_csv(const std::filesystem::path& file, const std::vector<Point>& points) {
  std::ofstream stream(file);
  stream << "strategy,optimal,time_ns,live_bytes,arena_bytes,flash_bytes,command\n";
  for (const Point& p : points) {
    stream << fmt::format("{},{},{:.0f},{},{},{},{}\n", p.strategy, p.optimal, p.time_ns, p.live_bytes, p.arena_bytes,
                          p.flash_bytes, csv_word(p.command));
  }
  stream.close();
  if (!stream) throw UserError(file.string() + ": cannot write it");
}

json as_json(const std::vector<Point>& points) {
  json list = json::array();
  for (const Point& p : points) {
    list.push_back({{"strategy", p.strategy},
                    {"optimal", p.optimal},
                    {"expected_ns", p.time_ns},
                    {"live_bytes", p.live_bytes},
                    {"arena_bytes", p.arena_bytes},
                    {"flash_bytes", p.flash_bytes},
                    {"command", p.command}});
  }
  return list;
}

void print_points(const std::vector<Point>& points) {
  std::vector<std::vector<std::string>> rows;
  for (const Point& p : points) {
    rows.push_back({p.strategy, format_ns(p.time_ns), format_bytes(p.arena_bytes), format_bytes(p.flash_bytes),
                    p.optimal ? "proven" : "", p.command});
  }
  fmt::print("{}", table({{"strategy"},
                          {"time", Align::kRight},
                          {"RAM", Align::kRight},
                          {"flash", Align::kRight},
                          {"optimal"},
                          {"command"}},
                         rows));
}

}  // namespace

void add_pareto_command(CLI::App& app, ExitCode& exit_code) {
  CLI::App* command = app.add_subcommand("pareto", "the exact frontier of time and RAM, beside every other strategy");
  const auto arguments = std::make_shared<ParetoArguments>();
  add_model_options(*command, arguments->model);
  add_limit_options(*command, arguments->model);
  command->add_option("--csv", arguments->csv, "write the points to this file")->check(not_empty());
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([=, &exit_code] {
    check_overwritten(arguments->csv, {arguments->model.model});
    const CompileOptions options = compile_options(arguments->model);
    const Priced priced = price_model(arguments->model.model, options);
    const std::vector<Point> found = points(priced, options, *arguments);
    if (!arguments->csv.empty()) write_csv(arguments->csv, found);
    if (arguments->json)
      print_json(as_json(found));
    else
      print_points(found);
    if (found.empty()) exit_code.value = 3;
  });
}

}  // namespace snug
