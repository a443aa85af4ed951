// snug compile
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "driver/commands.h"
#include "driver/options.h"
#include "driver/project.h"
#include "report/plan_report.h"

namespace snug {

namespace {

struct CompileArguments {
  ModelArguments model;
  std::filesystem::path output;
  std::string weights = "auto";
  bool json = false;
};

WeightsForm weights_form(const std::string& name) {
  if (name == "auto") return WeightsForm::kAuto;
  if (name == "bin") return WeightsForm::kBinary;
  if (name == "c") return WeightsForm::kCArray;
  if (name == "asm") return WeightsForm::kAssembler;
  throw UserError(fmt::format("--weights: \"{}\" is not auto, bin, c or asm", name));
}

void print_infeasible(const Infeasible& infeasible, const std::filesystem::path& model, bool as_json) {
  if (as_json) {
    const nlohmann::json answer{{"model", model.string()},
                                {"infeasible", true},
                                {"limit", infeasible.limit},
                                {"limit_value", infeasible.limit_value},
                                {"least_value", infeasible.least_value},
                                {"explanation", infeasible.explanation}};
    fmt::print("{}\n", answer.dump(2));
  }
  fmt::print(stderr, "snug: {} {}\n", model.string(), infeasible.explanation);
}

void run_compile(const CompileArguments& arguments, ExitCode& exit_code, const std::string& command_line) {
  const CompileOptions options = compile_options(arguments.model);
  const WeightsForm weights = weights_form(arguments.weights);
  const std::variant<Compiled, Infeasible> result = fit(price_model(arguments.model.model, options), options);
  if (const auto* infeasible = std::get_if<Infeasible>(&result)) {
    print_infeasible(*infeasible, arguments.model.model, arguments.json);
    exit_code.value = 3;
    return;
  }
  const Compiled& compiled = std::get<Compiled>(result);
  const PlanView view = plan_view(compiled, options, arguments.model.model);
  std::optional<int64_t> code;
  if (!arguments.output.empty()) {
    code = write_project(compiled, options,
                         {.folder = arguments.output,
                          .model_file = arguments.model.model,
                          .target = arguments.model.target,
                          .command_line = command_line,
                          .weights = weights});
  }
  if (arguments.json) {
    nlohmann::json plan = plan_json(view);
    plan["code_bytes"] = code ? nlohmann::json(*code) : nlohmann::json(nullptr);
    fmt::print("{}\n", plan.dump(2));
    return;
  }
  fmt::print("{}", plan_table(view));
  if (arguments.output.empty()) return;
  const std::string folder = arguments.output.string();
  fmt::print("code      {}\n",
             code ? format_bytes(*code) + " machine code and constants" : "unknown: the target's compiler is not here");
  fmt::print("\nC written to {}; build and run it with: snug run {}\n", folder, folder);
}

}  // namespace

void add_compile_command(CLI::App& app, ExitCode& exit_code, const std::string& command_line) {
  CLI::App* command = app.add_subcommand("compile", "ONNX file to C, and a table of what was chosen");
  const auto arguments = std::make_shared<CompileArguments>();
  add_model_options(*command, arguments->model);
  add_limit_options(*command, arguments->model);
  add_choice_options(*command, arguments->model);
  command->add_option("-o,--output", arguments->output, "folder for the C; without it only the table is printed");
  command->add_option("--weights", arguments->weights, "bin (to map or load), c (array), asm (.incbin), auto")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "print JSON instead of the table");
  command->callback([=, &exit_code] { run_compile(*arguments, exit_code, command_line); });
}

}  // namespace snug
