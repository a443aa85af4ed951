// The pipeline: ONNX file → C files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cost/profile.h"
#include "emit/emit.h"
#include "import/import.h"
#include "memory/memory_plan.h"
#include "program/program.h"
#include "select/selection.h"
#include "target/target.h"

namespace snug {

struct CompileOptions {
  ImportOptions import;
  std::string name;  ///< of the network in C; empty: that of the model's file
  Target target;
  PrimitiveSet primitives = PrimitiveSet::kAll;
  LayoutSet layouts = kUsualLayouts;  ///< that selection considers
  Limits limits;
  Strategy strategy = Strategy::kIlp;
  int threads = 1;              ///< that the network will run on
  bool estimate = false;        ///< price by work and bytes alone, measure nothing
  std::filesystem::path trace;  ///< folder for every stage's value as text; empty: none
};

/// Everything that a compilation found out.
struct Compiled {
  OnnxModel model;  ///< bytes dropped
  Graph imported;   ///< before the rewrites
  Graph graph;
  CostTable costs;
  Selection selection;
  Program program;
  MemoryPlan plan;
  int64_t placement_slack_bytes = 0;  ///< by how much the limit was lowered because a placement exceeded it
};

/// A graph with a price for every candidate: what `compile` and `pareto` select from.
struct Priced {
  OnnxModel model;
  Graph imported, graph;
  CostTable costs;
  std::optional<ProfileReport> profile;  ///< what measuring took; nothing where costs are estimated
};
Priced price_model(const std::filesystem::path& model_file, const CompileOptions& options);

/// Every measurement that price_model of this file needs.
std::vector<Measurement> wanted_measurements(const std::filesystem::path& model_file, const CompileOptions& options);

/// Measures what is missing, with a progress line.
ProfileReport fill_profile(Profile& profile, const std::vector<Measurement>& wanted, const Target& target);

/// Selects, schedules and places. If the arena exceeds the RAM limit although the live bytes do not, selects again with
/// that much less. Throws UserError where arena or weights cannot be below 2 GiB.
std::variant<Compiled, Infeasible> fit(const Priced& priced, const CompileOptions& options);

}  // namespace snug
