#include "driver/project.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>

#include "base/error.h"
#include "base/shipped_files.h"
#include "driver/timed_source.h"

namespace snug {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::vector<fs::path> sources(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".c" || extension == ".S") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool up_to_date(const fs::path& program, const fs::path& folder) {
  if (!fs::exists(program)) return false;
  const auto built = fs::last_write_time(program);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.last_write_time() > built) return false;
  }
  return true;
}

std::string read_bytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw UserError(file.string() + ": cannot read it");
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_bytes(const fs::path& file, std::string_view bytes) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) throw UserError(file.string() + ": cannot write it");
}

/// The project's sources, but the network itself from a copy in `folder` with a clock around every step.
std::vector<fs::path> timed_sources(const Project& project, const fs::path& folder) {
  const std::string symbol = project.plan.at("symbol");
  const size_t steps = project.plan.at("layers").size();
  std::vector<fs::path> files = sources(project.folder);
  for (fs::path& file : files) {
    if (file.filename() != symbol + ".c") continue;
    const std::string timed = timed_source(read_bytes(file), symbol, steps);
    file = folder / file.filename();
    write_bytes(file, timed);
  }
  files.push_back(folder / "layer_timer.c");
  write_bytes(files.back(), shipped_files().at("layer_timer.c"));
  return files;
}

/// Flags for the code that runs a network's parts: a compiler without OpenMP runs one after another.
std::vector<std::string> thread_flags(const Target& target, bool has_parts) {
  if (!has_parts) return {};
  return target.openmp.empty() ? std::vector<std::string>{"-DSNUG_SERIAL"} : target.openmp;
}

fs::path built_program(const Project& project, bool time_layers) {
  const fs::path folder = project.folder / "build" / project.target.name / (time_layers ? "timed" : "");
  const fs::path program = folder / project.plan.at("symbol").get<std::string>();
  if (up_to_date(program, project.folder)) return program;
  fs::create_directories(folder);
  build_program(project.target, time_layers ? timed_sources(project, folder) : sources(project.folder),
                {project.folder}, program, thread_flags(project.target, fs::exists(project.folder / "parallel.c")));
  return program;
}

void write_floats(const fs::path& file, const std::vector<float>& values) {
  write_bytes(file, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

std::vector<float> read_floats(const fs::path& file) {
  const std::string bytes = read_bytes(file);
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
    const bool source = name.ends_with(".c") && name != "main.c" && name != files.symbol + "_weights.c";
    if (!source && !name.ends_with(".h")) continue;
    std::ofstream(folder.path() / name, std::ios::binary) << contents;
    if (source) sources.push_back(folder.path() / name);
  }
  try {
    const bool has_parts = files.files.count("parallel.c") != 0;
    return code_bytes(build_objects(target, sources, {folder.path()}, folder.path(), thread_flags(target, has_parts)));
  } catch (const UserError&) {
    return std::nullopt;  // no compiler for the target on this machine: the C is as good without
  }
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

std::optional<int64_t> write_project(const Compiled& compiled, const CompileOptions& options,
                                     const ProjectOptions& project) {
  EmitOptions emit{.command_line = project.command_line,
                   .model_file = project.model_file.filename().string(),
                   .model_sha256 = compiled.model.sha256,
                   .weights = project.weights,
                   .trace = project.trace};
  CFiles files = emit_c(compiled.graph, compiled.program, compiled.plan, emit);
  json plan = plan_json(plan_view(compiled, options, project.model_file));
  plan["symbol"] = files.symbol;
  plan["target_file"] = fs::exists(project.target) ? fs::absolute(project.target).string() : project.target;
  plan["model_path"] = fs::absolute(project.model_file).string();
  plan["model_sha256"] = compiled.model.sha256;
  plan["import"] = {{"shapes", options.import.shapes}, {"outputs", options.import.outputs}};
  const std::optional<int64_t> code = project_code_bytes(options.target, files);
  plan["code_bytes"] = code ? json(*code) : json(nullptr);
  files.files["plan.json"] = plan.dump(1) + "\n";
  write_folder(files, project.folder);
  return code;
}

Project open_project(const fs::path& folder, const std::string& other_target) {
  std::ifstream stream(folder / "plan.json");
  if (!stream) {
    throw UserError(
        fmt::format("{}: holds no network compiled by snug (no plan.json); make one with snug compile MODEL.onnx -o {}",
                    folder.string(), folder.string()));
  }
  Project project{.folder = fs::absolute(folder), .plan = json::parse(stream, nullptr, false), .target = {}};
  if (project.plan.is_discarded() || !project.plan.contains("symbol")) {
    throw UserError(fmt::format("{}: plan.json is damaged; compile the network again", folder.string()));
  }
  project.target = find_target(other_target.empty() ? project.plan.at("target_file").get<std::string>() : other_target);
  return project;
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
  const size_t output_count = project.plan.at("outputs").size();
  for (size_t i = 0; i < output_count; ++i) add("--output", folder.path() / numbered("output", i));
  const fs::path weights = project.folder / (project.plan.at("symbol").get<std::string>() + "_weights.bin");
  const bool weights_file = fs::exists(weights) && !fs::exists(fs::path(weights).replace_extension(".S"));
  if (weights_file) add("--weights", weights);
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
  if (options.time_layers) run.step_ns = read_step_times(result.output, project.plan.at("layers").size());
  if (options.trace) run.trace = read_bytes(folder.path() / "trace.raw");
  return run;
}

std::vector<std::vector<float>> random_inputs(const Project& project, uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<std::vector<float>> inputs;
  for (const json& port : project.plan.at("inputs")) {
    std::vector<float> values(static_cast<size_t>(element_count(port.at("dims").get<Dims>())));
    for (float& value : values) value = static_cast<float>(generator() >> 40) / 8388608.0f - 1.0f;
    inputs.push_back(std::move(values));
  }
  return inputs;
}

}  // namespace snug
