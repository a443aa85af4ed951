// Options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "driver/compile.h"

namespace snug {

/// What the user typed; resolved by compile_options().
struct ModelArguments {
  std::filesystem::path model;
  std::string target = "host";
  std::vector<std::string> shapes;
  std::vector<std::string> outputs;
  std::string primitives = "all";
  std::string layouts = "chw,hwc,c16";
  bool estimate = false;
  std::string ram, flash, latency;
  std::string threads = "1";
  std::string minimize = "time", strategy = "ilp";
  std::filesystem::path trace;
};

void add_model_options(
    CLI::App& command,
    ModelArguments& arguments);  ///< MODEL, --target, --shape, --outputs, --primitives, --layouts, --estimate
void add_threads_option(CLI::App& command, ModelArguments& arguments);  ///< --threads
void add_limit_options(CLI::App& command, ModelArguments& arguments);   ///< --ram, --flash, --latency, --threads
void add_choice_options(CLI::App& command, ModelArguments& arguments);  ///< --minimize, --strategy

/// Throws UserError for a value that cannot be understood.
CompileOptions compile_options(const ModelArguments& arguments);

}  // namespace snug
