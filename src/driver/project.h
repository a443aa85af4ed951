// An emitted folder: opened, built, run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "driver/compile.h"
#include "emit/output_folder.h"
#include "report/plan_report.h"
#include "target/process.h"
#include "target/target.h"

namespace snug {

/// What `snug compile -o` leaves: the C files and plan.json, which describes them.
struct Project {
  struct Port {
    std::string name;
    Dims dims;
  };
  struct Layer {
    std::string name, primitive;
    int32_t block = 0;
    double expected_ns = 0;
  };
  std::filesystem::path folder;
  std::vector<std::string> files;  ///< that snug wrote
  std::string symbol;
  Target target;
  std::string model, model_sha256;  ///< base name of the model's file, hash of its bytes
  ImportOptions import;
  std::vector<Port> inputs, outputs;
  std::vector<Layer> layers;  ///< one per step
  int64_t arena_bytes = 0, flash_bytes = 0;
  double expected_ns = 0;
};

/// What a compilation shows of itself: for the table and for plan.json.
PlanView plan_view(const Compiled& compiled, const CompileOptions& options, const std::filesystem::path& model_file);

struct ProjectOptions {
  std::filesystem::path folder;
  std::filesystem::path model_file;
  std::string command_line;
  WeightsForm weights = WeightsForm::kAuto;
  bool trace = false;
};
struct WrittenProject {
  std::optional<int64_t> code_bytes;  ///< machine code and constants, weights left out; nothing without a compiler
  KeptAside kept_aside;
};
/// Emits into `folder`.
WrittenProject write_project(const Compiled& compiled, const CompileOptions& options, const ProjectOptions& project);

/// Throws UserError if the folder holds no project of snug, or a damaged one. Runs on `other_target` where one is
/// given.
Project open_project(const std::filesystem::path& folder, const std::string& other_target = {});

/// Says on the error stream which files were edited, and where they are now.
void print_kept_aside(const std::filesystem::path& folder, const KeptAside& kept);

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
