// An emitted folder: opened, built, run.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "driver/compile.h"
#include "report/plan_report.h"
#include "target/process.h"
#include "target/target.h"

namespace snug {

/// What `snug compile -o` leaves: the C files and plan.json, which describes them.
struct Project {
  std::filesystem::path folder;
  nlohmann::json plan;
  Target target;
};

/// What a compilation shows of itself: for the table and for plan.json.
PlanView plan_view(const Compiled& compiled, const CompileOptions& options, const std::filesystem::path& model_file);

/// Emits into `folder`. `target` is the name or file that the user gave.
struct ProjectOptions {
  std::filesystem::path folder;
  std::filesystem::path model_file;
  std::string target;
  std::string command_line;
  WeightsForm weights = WeightsForm::kAuto;
  bool trace = false;
};
/// Returns the bytes of machine code and constants, weights left out; nothing where the target's compiler is missing.
std::optional<int64_t> write_project(const Compiled& compiled, const CompileOptions& options,
                                     const ProjectOptions& project);

/// Throws UserError if the folder holds no project of snug.
Project open_project(const std::filesystem::path& folder, const std::string& other_target = {});

struct ProjectRun {
  std::vector<std::vector<float>> outputs;  ///< row-major, in the order of the network's outputs
  double median_ns = 0;
  std::vector<double> step_ns;  ///< median of every step, where layers were timed
  std::string trace;            ///< bytes of every step's output buffer, where the project was emitted with trace
};

/// Builds the C if it was not yet, or if a file changed, and runs it. Inputs: row-major, one per network input.
struct RunOptions {
  int repeat = 1;
  std::optional<uint32_t> fill;  ///< word to fill the arena with before each run
  bool trace = false;
  bool time_layers = false;  ///< runs a copy with a clock around every step
};
ProjectRun run_project(const Project& project, const std::vector<std::vector<float>>& inputs,
                       const RunOptions& options);

/// Seeded numbers in [-1, 1) for every input of the project.
std::vector<std::vector<float>> random_inputs(const Project& project, uint64_t seed);

}  // namespace snug
