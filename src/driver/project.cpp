#include "driver/project.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "base/emitted_files.h"
#include "base/error.h"
#include "base/file.h"
#include "base/shipped_files.h"
#include "base/text.h"
#include "driver/timed_source.h"
#include "emit/names.h"
#include "emit/output_folder.h"
#include "graph/operator.h"
#include "report/json_text.h"
#include "report/table.h"

namespace snug {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kPlanFile = "plan.json";

/// The project's C and assembler files; the user may have others in the folder.
std::vector<fs::path> sources(const Project& project) {
  std::vector<fs::path> files;
  for (const std::string& name : project.files) {
    if (name.ends_with(".c") || name.ends_with(".S")) files.push_back(project.folder / name);
  }
  return files;
}

bool up_to_date(const fs::path& program, const Project& project) {
  if (!fs::exists(program)) return false;
  const auto built = fs::last_write_time(program);
  return std::ranges::all_of(project.files, [&](const std::string& name) {
    const fs::path file = project.folder / name;
    return name == kPlanFile || !fs::exists(file) || fs::last_write_time(file) <= built;
  });
}

/// The project's sources, but the network itself from a copy in `folder` with a clock around every step.
std::vector<fs::path> timed_sources(const Project& project, const fs::path& folder) {
  std::vector<fs::path> files = sources(project);
  for (fs::path& file : files) {
    if (file.filename() != project.symbol + ".c") continue;
    const std::string timed = timed_source(read_file(file), project.symbol, project.layers.size());
    file = folder / file.filename();
    write_file(file, timed);
  }
  files.push_back(folder / "layer_timer.c");
  write_file(files.back(), shipped_files().at("layer_timer.c"));
  return files;
}

/// Flags for the code that runs a network's parts: a compiler without OpenMP runs one after another.
std::vector<std::string> thread_flags(const Target& target, bool has_parts) {
  if (!has_parts) return {};
  return target.openmp.empty() ? std::vector<std::string>{"-DSNUG_SERIAL"} : target.openmp;
}

bool has_file(const Project& project, const std::string& name) {
  return std::ranges::find(project.files, name) != project.files.end();
}

fs::path built_program(const Project& project, bool time_layers) {
  const fs::path folder = project.folder / "snug_build" / project.target.name / (time_layers ? "timed" : "");
  const fs::path program = folder / project.symbol;
  if (up_to_date(program, project)) return program;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw UserError(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
  ProgressLine progress("compiling kernels");
  build_program(project.target, time_layers ? timed_sources(project, folder) : sources(project), {project.folder},
                program, thread_flags(project.target, has_file(project, emitted_name("parallel.c"))),
                [&](size_t done, size_t total) { progress.show(done, total, ""); });
  return program;
}

void write_floats(const fs::path& file, const std::vector<float>& values) {
  write_file(file, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

std::vector<float> read_floats(const fs::path& file) {
  const std::string bytes = read_file(file);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

std::string numbered(const std::string& name, size_t i) {
  return fmt::format("{}_{}.raw", name, i);
}

/// From the lines of layer_timer.c.
std::vector<double> read_step_times(const std::string& output, size_t steps) {
  std::vector<double> step_ns;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    double ns = 0;
    if (std::sscanf(line.c_str(), "step %*u median_ns %lf", &ns) == 1) step_ns.push_back(ns);
  }
  if (step_ns.size() != steps)
    throw UserError(fmt::format("{} times of {} steps in: {}", step_ns.size(), steps, output));
  return step_ns;
}

/// Machine code and constants of the network and its kernels, without the weights and the example.
std::optional<int64_t> project_code_bytes(const Target& target, const CFiles& files) {
  const TemporaryFolder folder;
  std::vector<fs::path> sources;
  for (const auto& [name, contents] : files.files) {
    const bool source = name.ends_with(".c") && name != files.symbol + "_main.c" && name != files.symbol + "_weights.c";
    if (!source && !name.ends_with(".h")) continue;
    write_file(folder.path() / name, contents);
    if (source) sources.push_back(folder.path() / name);
  }
  ProgressLine progress("compiling kernels");
  try {
    const bool has_parts = files.files.count(emitted_name("parallel.c")) != 0;
    return code_bytes(build_objects(target, sources, {folder.path()}, folder.path(), thread_flags(target, has_parts),
                                    [&](size_t done, size_t total) { progress.show(done, total, ""); }));
  } catch (const UserError&) {
    return std::nullopt;  // no compiler for the target on this machine: the C is as good without
  }
}

/// Compiler, flags and machine that the expected times are for.
std::string compiled_with(const CompileOptions& options) {
  const std::string prefix = options.estimate ? "estimated for " : "";
  try {
    return prefix + identity(options.target);
  } catch (const UserError&) {  // the compiler is not on this machine
    return fmt::format("{}{} {}", prefix, options.target.compiler, fmt::join(options.target.flags, " "));
  }
}

/// Inputs or outputs. Throws UserError for what no network has.
std::vector<Project::Port> ports(const json& list) {
  std::vector<Project::Port> result;
  for (const json& port : list) {
    result.push_back({port.at("name").get<std::string>(), {}});
    for (const json& dim : port.at("dims")) {
      if (!dim.is_number_integer()) throw UserError("a dimension is no integer");
      result.back().dims.push_back(dim.get<int64_t>());
    }
    const Dims& dims = result.back().dims;
    const bool positive = std::ranges::all_of(dims, [](int64_t dim) { return dim > 0; });
    if (!positive || element_count(dims) > kMostMapElements)
      throw UserError(fmt::format("\"{}\" has dimensions {}", result.back().name, text(dims)));
  }
  if (result.empty()) throw UserError("it has no inputs, or no outputs");
  return result;
}

/// plan.json → project. Throws what nlohmann::json throws, and UserError.
Project project_of(const json& plan) {
  Project project{
      .symbol = plan.at("symbol").get<std::string>(),
      .target = target_from_text(plan.at("target"), "target_definition", plan.at("target_definition").dump()),
      .model = plan.at("model").get<std::string>(),
      .model_sha256 = plan.at("model_sha256").get<std::string>(),
      .import = {.shapes = plan.at("import").at("shapes").get<std::map<std::string, Dims>>(),
                 .outputs = plan.at("import").at("outputs").get<std::vector<std::string>>()},
      .inputs = ports(plan.at("inputs")),
      .outputs = ports(plan.at("outputs")),
      .arena_bytes = plan.at("arena_bytes").get<int64_t>(),
      .flash_bytes = plan.at("flash_bytes").get<int64_t>(),
      .expected_ns = plan.at("expected_ns").get<double>()};
  if (network_symbol(project.symbol) != project.symbol) throw UserError("\"symbol\" is no name of a network");
  for (const json& layer : plan.at("layers")) {
    project.layers.push_back({layer.at("layer").get<std::string>(), layer.at("primitive").get<std::string>(),
                              layer.at("block").get<int32_t>(), layer.at("expected_ns").get<double>()});
  }
  return project;
}

}  // namespace

PlanView plan_view(const Compiled& compiled, const CompileOptions& options, const fs::path& model_file) {
  return {.model = model_file.filename().string(),
          .target = options.target.name,
          .graph = compiled.graph,
          .program = compiled.program,
          .selection = compiled.selection,
          .plan = compiled.plan,
          .limits = options.limits,
          .placement_slack_bytes = compiled.placement_slack_bytes,
          .measured = !options.estimate};
}

WrittenProject write_project(const Compiled& compiled, const CompileOptions& options, const ProjectOptions& project) {
  EmitOptions emit{.command_line = project.command_line,
                   .model_file = project.model_file.filename().string(),
                   .model_sha256 = compiled.model.sha256,
                   .compiled_with = compiled_with(options),
                   .flags = options.target.flags,
                   .weights = project.weights,
                   .trace = project.trace};
  CFiles files = emit_c(compiled.graph, compiled.program, compiled.plan, emit);
  json plan = plan_json(plan_view(compiled, options, project.model_file));
  plan["symbol"] = files.symbol;
  plan["target_definition"] = json::parse(target_text(options.target));
  plan["compiled_with"] = emit.compiled_with;
  plan["model_sha256"] = compiled.model.sha256;
  plan["import"] = {{"shapes", options.import.shapes}, {"outputs", options.import.outputs}};
  WrittenProject written{.code_bytes = project_code_bytes(options.target, files)};
  plan["code_bytes"] = written.code_bytes ? json(*written.code_bytes) : json(nullptr);
  files.files[kPlanFile] = json_text(plan) + "\n";
  written.kept_aside = write_folder(files, project.folder);
  return written;
}

Project open_project(const fs::path& folder, const std::string& other_target) {
  print_kept_aside(folder, check_output_folder(folder));
  const std::vector<std::string> files = files_of_folder(folder);
  const fs::path file = folder / kPlanFile;
  Project project;
  const std::string contents = read_file(file);
  const auto fail = [&](const char* cause) {
    throw UserError(fmt::format("{}: is damaged ({}); compile the network again", file.string(), cause));
  };
  try {
    project = project_of(json::parse(contents));
  } catch (const json::exception& error) {
    fail(error.what());
  } catch (const UserError& error) {
    fail(error.what());
  }
  project.folder = fs::absolute(folder);
  project.files = files;
  if (!other_target.empty()) project.target = find_target(other_target);
  return project;
}

void print_kept_aside(const fs::path& folder, const KeptAside& kept) {
  for (const auto& [name, new_name] : kept) {
    print_to_errors(fmt::format("snug: {}: is not what snug wrote there; it is kept as {}\n",
                                printable((folder / name).string()), new_name));
  }
}

ProjectRun run_project(const Project& project, const std::vector<std::vector<float>>& inputs,
                       const RunOptions& options) {
  const fs::path program = built_program(project, options.time_layers);
  const TemporaryFolder folder;
  std::vector<std::string> arguments{"--repeat", std::to_string(options.repeat)};
  const auto add = [&](const std::string& option, const fs::path& value) {
    arguments.push_back(option);
    arguments.push_back(value.string());
  };
  for (size_t i = 0; i < inputs.size(); ++i) {
    write_floats(folder.path() / numbered("input", i), inputs[i]);
    add("--input", folder.path() / numbered("input", i));
  }
  const size_t output_count = project.outputs.size();
  for (size_t i = 0; i < output_count; ++i) add("--output", folder.path() / numbered("output", i));
  const std::string weights = project.symbol + "_weights.bin";
  if (has_file(project, weights) && !has_file(project, project.symbol + "_weights.S"))
    add("--weights", project.folder / weights);
  if (options.fill) add("--fill", std::to_string(*options.fill));
  if (options.trace) add("--trace", folder.path() / "trace.raw");

  const RunResult result = run_program(project.target, program, arguments);
  if (result.exit_code != 0) {
    throw UserError(fmt::format("{} ended with exit code {}: {}{}", program.string(), result.exit_code, result.output,
                                result.errors));
  }
  ProjectRun run;
  if (std::sscanf(result.output.c_str(), "median_ns %lf", &run.median_ns) != 1) {
    throw UserError(fmt::format("{} printed no time, but: {}", program.string(), result.output));
  }
  for (size_t i = 0; i < output_count; ++i) run.outputs.push_back(read_floats(folder.path() / numbered("output", i)));
  if (options.time_layers) run.step_ns = read_step_times(result.output, project.layers.size());
  if (options.trace) run.trace = read_file(folder.path() / "trace.raw");
  return run;
}

std::vector<std::vector<float>> random_inputs(const Project& project, uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<std::vector<float>> inputs;
  for (const Project::Port& port : project.inputs) {
    std::vector<float> values(static_cast<size_t>(element_count(port.dims)));
    for (float& value : values) value = static_cast<float>(generator() >> 40) / 8388608.0f - 1.0f;
    inputs.push_back(std::move(values));
  }
  return inputs;
}

}  // namespace snug
