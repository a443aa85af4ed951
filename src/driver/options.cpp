#include "driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "emit/names.h"
#include "ops/split.h"

namespace snug {

namespace {

/// "10", "10ms", "1.5s", "800us" → nanoseconds; a bare number is milliseconds.
int64_t parse_latency(const std::string& text) {
  double value = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit(rest, text.data() + text.size());
  const double scale = unit.empty() || unit == "ms" ? 1e6
                       : unit == "s"                ? 1e9
                       : unit == "us"               ? 1e3
                       : unit == "ns"               ? 1
                                                    : 0;
  if (failure != std::errc{} || scale == 0 || !(value >= 0) || value * scale > 1e15) {
    throw UserError(fmt::format("\"{}\" is not a time; write milliseconds, or 1.5s, 20ms, 800us", text));
  }
  return static_cast<int64_t>(value * scale);
}

/// "chw,c8", or "all".
LayoutSet layout_set(const std::string& text) {
  LayoutSet layouts;
  if (text == "all") return layouts.set();
  std::vector<std::string> known;
  for (const Layout& layout : kLayouts) known.emplace_back(layout.name);
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(',', start), text.size());
    const std::string name = text.substr(start, end - start);
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      const std::string near = closest(name, known);
      throw UserError(fmt::format("\"{}\" is not a layout{}; write all, or some of {}, separated by commas", name,
                                  near.empty() ? "" : fmt::format(" (did you mean {}?)", near), join(known, ", ")));
    }
    layouts.set(static_cast<size_t>(found - known.begin()));
    start = end + 1;
  }
  return layouts;
}

/// "name=1x3x224x224", or "batch=1" for a symbolic dimension.
std::pair<std::string, Dims> parse_shape(const std::string& text) {
  const size_t equals = text.rfind('=');
  Dims dims;
  bool good = equals != std::string::npos && equals > 0;
  for (size_t start = equals + 1; good;) {
    const size_t end = std::min(text.find('x', start), text.size());
    const int64_t dim = number_of<int64_t>(text.substr(start, end - start)).value_or(0);
    good = dim > 0;
    dims.push_back(dim);
    if (end == text.size()) break;
    start = end + 1;
  }
  if (!good) throw UserError(fmt::format("\"{}\" is not understood; write NAME=1x3x224x224, or DIMENSION=1", text));
  return {text.substr(0, equals), dims};
}

/// The network's name in C, where the user chooses it.
void check_symbol(const std::string& name) {
  const std::string symbol = network_symbol(name);
  if (symbol == name) return;
  throw UserError(fmt::format("\"{}\" cannot begin the names of files, functions and macros; {} could", name, symbol));
}

}  // namespace

CLI::Validator understood_by(std::function<void(const std::string&)> parse) {
  const auto check = [parse = std::move(parse)](const std::string& text) -> std::string {
    try {
      parse(text);
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  };
  return CLI::Validator([check](std::string& text) { return check(text); }, "");
}

CLI::Validator not_empty() {
  return understood_by([](const std::string& text) {
    if (text.empty()) throw UserError("is empty");
  });
}

CLI::Validator finite_number(double least) {
  return understood_by([least](const std::string& text) {
    const std::optional<double> value = number_of<double>(text);
    if (!value || !std::isfinite(*value)) throw UserError(fmt::format("\"{}\" is not a number", text));
    if (*value < least) throw UserError(fmt::format("{} is too small; the least is {}", text, least));
  });
}

CLI::Validator whole_number() {
  return understood_by([](const std::string& text) {
    if (!number_of<uint64_t>(text)) throw UserError(fmt::format("\"{}\" is no whole number from 0 to 2^64 - 1", text));
  });
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  return understood_by([words](const std::string& text) {
    if (std::ranges::find(words, text) != words.end()) return;
    const std::string near = closest(text, words);
    throw UserError(fmt::format("\"{}\" is none of {}{}", text, join(words, ", "),
                                near.empty() ? "" : fmt::format("; did you mean {}?", near)));
  });
}

void add_model_options(CLI::App& command, ModelArguments& arguments) {
  command.add_option("model", arguments.model, "ONNX file")->required()->check(not_empty());
  command.add_option("--target", arguments.target, "name (see: snug targets) or JSON file")
      ->check(understood_by([](const std::string& text) { find_target(text); }))
      ->capture_default_str();
  command
      .add_option("--shape", arguments.shapes, "fix a dynamic input: NAME=1x3x224x224, or a symbolic dimension: NAME=1")
      ->check(understood_by([](const std::string& text) { parse_shape(text); }))
      ->take_all();
  command.add_option("--outputs", arguments.outputs, "tensors to compute instead of the model's outputs")
      ->check(not_empty())
      ->delimiter(',');
  command
      .add_option("--primitives", arguments.primitives, "all, or classic: the families and layouts of the TASO paper")
      ->check(one_of({"all", "classic"}))
      ->capture_default_str();
  command
      .add_option("--layouts", arguments.layouts,
                  "that selection considers: some of chw, hwc, hcw, c16, c8, c4, separated by commas, or all; what has "
                  "no form in any of them is computed in chw")
      ->check(understood_by([](const std::string& text) { layout_set(text); }))
      ->capture_default_str();
  command.add_flag("--estimate", arguments.estimate, "price layers by work and bytes instead of measuring them");
  command.add_option("--trace", arguments.trace, "write every stage as text into this folder")->check(not_empty());
}

void add_threads_option(CLI::App& command, ModelArguments& arguments) {
  command.add_option("--threads", arguments.threads, "that share every large layer: OpenMP, or threads of your own")
      ->check(understood_by([](const std::string& text) {
        const std::optional<int> threads = number_of<int>(text);
        if (!threads || *threads < 1 || *threads > kMostThreads)
          throw UserError(fmt::format("\"{}\" is not a number of threads; write 1 to {}", text, kMostThreads));
      }))
      ->capture_default_str();
}

void add_limit_options(CLI::App& command, ModelArguments& arguments) {
  command.add_option("--ram", arguments.ram, "arena limit: bytes, 512K, 8MiB")->check(understood_by(parse_bytes));
  command.add_option("--flash", arguments.flash, "limit of packed weights: bytes, 512K, 8MiB")
      ->check(understood_by(parse_bytes));
  command.add_option("--latency", arguments.latency, "time limit in milliseconds, or with its unit: 800us, 1.5s")
      ->check(understood_by(parse_latency));
  add_threads_option(command, arguments);
}

void add_choice_options(CLI::App& command, ModelArguments& arguments) {
  command.add_option("--minimize", arguments.minimize, "time or ram")
      ->check(one_of({"time", "ram"}))
      ->capture_default_str();
  command.add_option("--strategy", arguments.strategy, join(strategy_names(), ", "))
      ->check(one_of(strategy_names()))
      ->capture_default_str();
}

void add_name_option(CLI::App& command, ModelArguments& arguments) {
  command
      .add_option("--name", arguments.name,
                  "what the network's files and functions begin with, where the model's file name does not suit")
      ->check(understood_by(check_symbol));
}

void check_overwritten(const std::filesystem::path& written, const std::vector<std::filesystem::path>& read) {
  for (const std::filesystem::path& file : read) {
    std::error_code ignored;
    if (std::filesystem::equivalent(written, file, ignored))
      throw UserError(fmt::format("{}: would be overwritten, but it is read, too", written.string()));
  }
}

CompileOptions compile_options(const ModelArguments& arguments) {
  const auto limit = [](const std::string& text, int64_t bytes_or_ns(const std::string&)) {
    return text.empty() ? kNoLimit : bytes_or_ns(text);
  };
  CompileOptions options;
  for (const std::string& shape : arguments.shapes) {
    const auto [name, dims] = parse_shape(shape);
    if (!options.import.shapes.emplace(name, dims).second)
      throw CLI::ValidationError("--shape", fmt::format("gives \"{}\" twice", name));
  }
  options.import.outputs = arguments.outputs;
  options.name = arguments.name;
  options.target = find_target(arguments.target);
  options.estimate = arguments.estimate;
  options.threads = arguments.threads;
  options.trace = arguments.trace;
  options.primitives = arguments.primitives == "classic" ? PrimitiveSet::kClassic : PrimitiveSet::kAll;
  options.layouts = layout_set(arguments.layouts);
  options.limits = {.ram_bytes = limit(arguments.ram, [](const std::string& text) { return parse_bytes(text); }),
                    .flash_bytes = limit(arguments.flash, [](const std::string& text) { return parse_bytes(text); }),
                    .latency_ns = limit(arguments.latency, parse_latency),
                    .minimize = arguments.minimize == "ram" ? Minimize::kRam : Minimize::kTime};
  const std::optional<Strategy> strategy = strategy_from_name(arguments.strategy);
  CHECK(strategy.has_value(), arguments.strategy);
  options.strategy = *strategy;
  const bool exact = options.strategy == Strategy::kIlp || options.strategy == Strategy::kDynamicProgramme;
  if (options.limits.minimize == Minimize::kRam && !exact)
    throw CLI::ValidationError("--minimize", fmt::format("{} knows no other goal than its own", arguments.strategy));
  return options;
}

}  // namespace snug
