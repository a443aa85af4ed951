// Options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "driver/compile.h"

namespace snug {

/// What the user typed, each value understood already; resolved by compile_options().
struct ModelArguments {
  std::filesystem::path model;
  std::string name;
  std::string target = "host";
  std::vector<std::string> shapes;
  std::vector<std::string> outputs;
  std::string primitives = "all";
  std::string layouts = "chw,hwc,c16";
  bool estimate = false;
  std::string ram, flash, latency;  ///< empty: no limit
  int threads = 1;
  std::string minimize = "time", strategy = "ilp";
  std::filesystem::path trace;
};

/// Checks a value while the command line is read, where all bad values belong: `parse` throws UserError for a text that
/// cannot be understood. An empty text, which an unset variable of a script leaves, is none of the values.
CLI::Validator understood_by(std::function<void(const std::string&)> parse);

/// A path: anything but nothing.
CLI::Validator not_empty();

/// A number that is neither infinite nor NaN, and not below `least`.
CLI::Validator finite_number(double least = std::numeric_limits<double>::lowest());

/// A whole number from 0 to 2^64 - 1; CLI11 would wrap a negative one around.
CLI::Validator whole_number();

/// One of these words; the message names the nearest.
CLI::Validator one_of(const std::vector<std::string>& words);

void add_model_options(
    CLI::App& command,
    ModelArguments& arguments);  ///< MODEL, --target, --shape, --outputs, --primitives, --layouts, --estimate
void add_threads_option(CLI::App& command, ModelArguments& arguments);  ///< --threads
void add_limit_options(CLI::App& command, ModelArguments& arguments);   ///< --ram, --flash, --latency, --threads
void add_choice_options(CLI::App& command, ModelArguments& arguments);  ///< --minimize, --strategy
void add_name_option(CLI::App& command, ModelArguments& arguments);     ///< --name

/// Throws UserError where a file to write is one of those that are read.
void check_overwritten(const std::filesystem::path& written, const std::vector<std::filesystem::path>& read);

CompileOptions compile_options(const ModelArguments& arguments);

}  // namespace snug
