// snug verify
#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "driver/commands.h"
#include "driver/options.h"
#include "driver/project.h"
#include "oracle/oracle.h"
#include "report/json_text.h"
#include "report/table.h"

namespace snug {

namespace {

using nlohmann::json;

/// What the arena holds before a verified run, so that reading what was not written spoils the answer.
constexpr uint32_t kNan = 0x7FC00000;

struct VerifyArguments {
  ModelArguments model;
  uint64_t seed = 1;
  double tolerance = 1e-4;
  std::filesystem::path original;  ///< the model that a folder was compiled from
  bool layers = false, json = false;
};

/// How far values are from the oracle's, relative to the oracle's largest. Where the oracle has no finite one, NaN or
/// the same infinity is right.
struct Deviation {
  std::string name, primitive;
  double largest_error = 0, largest_value = 0;
  bool finite = true;
  double relative() const {
    return finite ? (largest_value > 0 ? largest_error / largest_value : largest_error) : HUGE_VAL;
  }
};

/// The oracle's value, or what a float can hold of it: zero and infinity are right where it is beyond their range.
double expected_of_float(double expected) {
  const float nearest = static_cast<float>(expected);
  return std::isfinite(nearest) && std::abs(nearest) >= FLT_MIN ? expected : nearest;
}

Deviation deviation(const std::string& name, const std::vector<float>& values, const std::vector<double>& expected) {
  CHECK(values.size() == expected.size(), name);
  Deviation result{.name = name};
  for (size_t i = 0; i < values.size(); ++i) {
    const double value = values[i], wanted = expected_of_float(expected[i]);
    if (!std::isfinite(wanted) && (std::isnan(value) || value == wanted)) continue;
    result.finite = result.finite && std::isfinite(value) && std::isfinite(wanted);
    result.largest_error = std::max(result.largest_error, std::abs(value - wanted));
    result.largest_value = std::max(result.largest_value, std::abs(wanted));
  }
  return result;
}

OracleValues oracle_inputs(const Graph& graph, const std::vector<std::vector<float>>& inputs) {
  OracleValues values;
  for (size_t i = 0; i < inputs.size(); ++i)
    values[graph.inputs[i]] = std::vector<double>(inputs[i].begin(), inputs[i].end());
  return values;
}

std::vector<Deviation> compare_outputs(const Graph& imported, const std::vector<std::vector<float>>& inputs,
                                       const ProjectRun& run) {
  const OracleValues expected = evaluate_oracle(imported, oracle_inputs(imported, inputs));
  std::vector<Deviation> deviations;
  for (size_t i = 0; i < imported.outputs.size(); ++i) {
    const TensorId id = imported.outputs[i];
    deviations.push_back(deviation(imported.tensor(id).name, run.outputs[i], expected.at(id)));
  }
  return deviations;
}

/// Row-major values of a view, from the bytes of its buffer.
std::vector<float> read_view(const View& view, const Images& shape, const char* buffer) {
  std::vector<float> values;
  for (int64_t n = 0; n < shape.batch; ++n) {
    for (int64_t c = 0; c < shape.map.channels; ++c) {
      for (int64_t y = 0; y < shape.map.height; ++y) {
        for (int64_t x = 0; x < shape.map.width; ++x) {
          const int64_t floats = n * view.image_floats + offset(view.layout, view.strides, c, y, x);
          float value = 0;
          std::memcpy(&value, buffer + view.offset_bytes + floats * 4, sizeof value);
          values.push_back(value);
        }
      }
    }
  }
  return values;
}

/// One output of a step, whose buffer held these bytes then, against the oracle.
Deviation compare_output(const Graph& graph, const OracleValues& expected, const Step& step, int node, View view,
                         const char* buffer) {
  const Node& made = graph.nodes[static_cast<size_t>(node)];
  const Images shape = images(graph.tensor(made.output).dims);
  if (view.layout == kChw && shape.map != output_shape(step.layer)) {  // re-read row-major memory
    view.strides = dense_strides(kChw, shape.map), view.image_floats = shape.map.floats();
  }
  const std::string& name = step.siblings.empty() ? step.layer_name : made.name;
  Deviation layer = deviation(name, read_view(view, shape, buffer), expected.at(made.output));
  layer.primitive = step.primitive->name;
  return layer;
}

/// Every node's output against the oracle on the rewritten graph.
std::vector<Deviation> compare_layers(const Compiled& compiled, const std::vector<std::vector<float>>& inputs,
                                      const std::string& trace) {
  const OracleValues expected = evaluate_oracle(compiled.graph, oracle_inputs(compiled.graph, inputs), true);
  std::vector<Deviation> deviations;
  size_t position = 0;
  for (size_t i = 0; i < compiled.program.steps.size(); ++i) {
    const Step& step = compiled.program.steps[i];
    const bool last_call = i + 1 == compiled.program.steps.size() || compiled.program.steps[i + 1].node != step.node;
    std::vector<Sibling> outputs{{step.fused.empty() ? step.node : step.fused.back(), step.output}};
    outputs.insert(outputs.end(), step.siblings.begin(), step.siblings.end());
    for (const auto& [node, view] : outputs) {
      const char* bytes = trace.data() + position;
      position += static_cast<size_t>(compiled.program.buffers[static_cast<size_t>(view.buffer)].bytes);
      CHECK(position <= trace.size());
      if (step.operator_name == "convert" || !last_call) continue;
      deviations.push_back(compare_output(compiled.graph, expected, step, node, view, bytes));
    }
  }
  return deviations;
}

json as_json(const std::vector<Deviation>& deviations) {
  json list = json::array();
  for (const Deviation& d : deviations) {
    list.push_back({{"name", d.name},
                    {"primitive", d.primitive},
                    {"largest_error", d.largest_error},
                    {"largest_value", d.largest_value},
                    {"relative_error", d.relative()}});
  }
  return list;
}

void print_deviations(const char* what, const std::vector<Deviation>& deviations) {
  std::vector<std::vector<std::string>> rows;
  for (const Deviation& d : deviations) {
    rows.push_back({shortened(d.name, kLongestName), d.primitive, fmt::format("{:.3g}", d.largest_error),
                    fmt::format("{:.3g}", d.largest_value),
                    d.finite ? fmt::format("{:.2e}", d.relative()) : "not finite"});
  }
  fmt::print("{}", table({{what},
                          {"primitive"},
                          {"largest error", Align::kRight},
                          {"largest value", Align::kRight},
                          {"relative", Align::kRight}},
                         rows));
}

void finish(const VerifyArguments& arguments, const std::vector<Deviation>& layers,
            const std::vector<Deviation>& outputs, ExitCode& exit_code) {
  const bool passed = std::all_of(outputs.begin(), outputs.end(),
                                  [&](const Deviation& d) { return d.relative() <= arguments.tolerance; });
  if (arguments.json) {
    print_json(json{{"passed", passed},
                    {"tolerance", arguments.tolerance},
                    {"outputs", as_json(outputs)},
                    {"layers", as_json(layers)}});
  } else {
    if (arguments.layers) print_deviations("layer", layers);
    print_deviations("output", outputs);
    fmt::print("{}: largest relative error allowed {:.1e}\n", passed ? "verified" : "WRONG", arguments.tolerance);
  }
  if (!passed) exit_code.value = 4;
}

/// Options that would do nothing are a misunderstanding: a folder has been compiled already.
void check_combination(const CLI::App& command, bool folder) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    const bool of_folders = name == "--model";
    const bool of_both = name == "model" || name == "--seed" || name == "--tolerance" || name == "--json";
    if (option->count() == 0 || of_both || of_folders == folder) continue;
    throw CLI::ValidationError(name, folder ? "is for a model; the C in the folder was compiled with options of its own"
                                            : "is for a folder; the model is given already");
  }
}

void verify_folder(const VerifyArguments& arguments, ExitCode& exit_code) {
  if (arguments.original.empty()) throw CLI::RequiredError("--model MODEL.onnx, from which the folder was compiled,");
  const Project project = open_project(arguments.model.model);
  const OnnxModel model = read_model(arguments.original);
  if (model.sha256 != project.model_sha256) {
    throw UserError(fmt::format("{}: is not the model that {} was compiled from ({}, SHA-256 {})",
                                arguments.original.string(), arguments.model.model.string(), project.model,
                                project.model_sha256));
  }
  const Graph graph = import_onnx(model, project.import);
  const std::vector<std::vector<float>> inputs = random_inputs(project, arguments.seed);
  finish(arguments, {}, compare_outputs(graph, inputs, run_project(project, inputs, {.fill = kNan})), exit_code);
}

void verify_model(const VerifyArguments& arguments, ExitCode& exit_code) {
  const CompileOptions options = compile_options(arguments.model);
  std::variant<Compiled, Infeasible> result = fit(price_model(arguments.model.model, options), options);
  if (const auto* infeasible = std::get_if<Infeasible>(&result)) {
    throw UserError(fmt::format("{} {}", arguments.model.model.string(), infeasible->explanation));
  }
  const Compiled& compiled = std::get<Compiled>(result);
  const TemporaryFolder folder;
  write_project(compiled, options,
                {.folder = folder.path() / "project",
                 .model_file = arguments.model.model,
                 .command_line = "snug verify",
                 .trace = arguments.layers});
  const Project project = open_project(folder.path() / "project");
  const std::vector<std::vector<float>> inputs = random_inputs(project, arguments.seed);
  const ProjectRun run = run_project(project, inputs, {.fill = kNan, .trace = arguments.layers});
  const std::vector<Deviation> layers =
      arguments.layers ? compare_layers(compiled, inputs, run.trace) : std::vector<Deviation>{};
  finish(arguments, layers, compare_outputs(compiled.imported, inputs, run), exit_code);
}

}  // namespace

void add_verify_command(CLI::App& app, ExitCode& exit_code) {
  CLI::App* command =
      app.add_subcommand("verify", "compare the emitted C with a double-precision evaluation of the model");
  const auto arguments = std::make_shared<VerifyArguments>();
  add_model_options(*command, arguments->model);
  command->get_option("model")->description("ONNX file, or a folder that snug compile wrote");
  command->add_option("--model", arguments->original, "with a folder: the ONNX file that it was compiled from")
      ->check(not_empty());
  add_limit_options(*command, arguments->model);
  add_choice_options(*command, arguments->model);
  command->add_option("--seed", arguments->seed, "of the random input")->check(whole_number())->capture_default_str();
  command->add_option("--tolerance", arguments->tolerance, "largest error of an output relative to its largest value")
      ->check(finite_number(0))
      ->capture_default_str();
  command->add_flag("--layers", arguments->layers, "compare every layer, too");
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([=, &exit_code] {
    const bool folder = std::filesystem::is_directory(arguments->model.model);
    check_combination(*command, folder);
    folder ? verify_folder(*arguments, exit_code) : verify_model(*arguments, exit_code);
  });
}

}  // namespace snug
