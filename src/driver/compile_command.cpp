// snug compile
#include <fmt/format.h>

#include <map>

#include "base/error.h"
#include "base/text.h"
#include "driver/commands.h"
#include "driver/options.h"
#include "driver/project.h"
#include "emit/output_folder.h"
#include "report/json_text.h"
#include "report/plan_report.h"
#include "report/table.h"

namespace snug {

namespace {

struct CompileArguments {
  ModelArguments model;
  std::filesystem::path output;
  std::string weights = "auto";
  bool json = false;
};

const std::map<std::string, WeightsForm>& weights_forms() {
  static const std::map<std::string, WeightsForm> forms{{"auto", WeightsForm::kAuto},
                                                        {"bin", WeightsForm::kBinary},
                                                        {"c", WeightsForm::kCArray},
                                                        {"asm", WeightsForm::kAssembler}};
  return forms;
}

void print_infeasible(const Infeasible& infeasible, const std::filesystem::path& model, bool as_json) {
  if (as_json) {
    const nlohmann::json answer{{"model", model.string()},
                                {"infeasible", true},
                                {"limit", infeasible.limit},
                                {"limit_value", infeasible.limit_value},
                                {"least_value", infeasible.least_value},
                                {"explanation", infeasible.explanation}};
    print_json(answer);
  }
  print_to_errors(fmt::format("snug: {} {}\n", printable(model.string()), infeasible.explanation));
}

void print_written(const std::filesystem::path& folder, const WrittenProject& written) {
  const std::string code = written.code_bytes ? format_bytes(*written.code_bytes) + " machine code and constants"
                                              : "unknown: the target's compiler is not here";
  fmt::print("code      {}\n\nC written to {}; build and run it with: snug run {}\n", code, folder.string(),
             shell_word((folder.string().starts_with('-') ? "." / folder : folder).string()));
}

void run_compile(const CompileArguments& arguments, ExitCode& exit_code, const std::string& command_line) {
  const std::filesystem::path& model = arguments.model.model;
  const CompileOptions options = compile_options(arguments.model);
  if (!arguments.output.empty()) print_kept_aside(arguments.output, check_output_folder(arguments.output));
  const std::variant<Compiled, Infeasible> result = fit(price_model(model, options), options);
  if (const auto* infeasible = std::get_if<Infeasible>(&result)) {
    print_infeasible(*infeasible, model, arguments.json);
    exit_code.value = 3;
    return;
  }
  const Compiled& compiled = std::get<Compiled>(result);
  const PlanView view = plan_view(compiled, options, model);
  WrittenProject written;
  if (!arguments.output.empty()) {
    written = write_project(compiled, options,
                            {.folder = arguments.output,
                             .model_file = model,
                             .command_line = command_line,
                             .weights = weights_forms().at(arguments.weights)});
  }
  print_kept_aside(arguments.output, written.kept_aside);
  if (arguments.json) {
    nlohmann::json plan = plan_json(view);
    plan["code_bytes"] = written.code_bytes ? nlohmann::json(*written.code_bytes) : nlohmann::json(nullptr);
    print_json(plan);
    return;
  }
  fmt::print("{}", plan_table(view));
  if (!arguments.output.empty()) print_written(arguments.output, written);
}

}  // namespace

void add_compile_command(CLI::App& app, ExitCode& exit_code, const std::string& command_line) {
  CLI::App* command = app.add_subcommand("compile", "ONNX file to C, and a table of what was chosen");
  const auto arguments = std::make_shared<CompileArguments>();
  add_model_options(*command, arguments->model);
  add_limit_options(*command, arguments->model);
  add_choice_options(*command, arguments->model);
  add_name_option(*command, arguments->model);
  command->add_option("-o,--output", arguments->output, "folder for the C; without it only the table is printed")
      ->check(not_empty());
  command->add_option("--weights", arguments->weights, "bin (to map or load), c (array), asm (.incbin), auto")
      ->check(one_of({"auto", "bin", "c", "asm"}))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "print JSON instead of the table");
  command->callback([=, &exit_code] {
    for (const char* option : {"--name", "--weights"}) {
      if (command->count(option) > 0 && command->count("-o") == 0)
        throw CLI::ValidationError(option, "is for the C, which only -o writes");
    }
    run_compile(*arguments, exit_code, command_line);
  });
}

}  // namespace snug
