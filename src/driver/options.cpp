#include "driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "ops/split.h"

namespace snug {

namespace {

int64_t limit(const std::string& text, const char* option) {
  return text.empty() ? kNoLimit : parse_bytes(text, option);
}

/// "10", "10ms", "1.5s", "800us" → nanoseconds; a bare number is milliseconds.
int64_t latency_ns(const std::string& text) {
  if (text.empty()) return kNoLimit;
  double value = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit(rest, text.data() + text.size());
  const double scale = unit.empty() || unit == "ms" ? 1e6
                       : unit == "s"                ? 1e9
                       : unit == "us"               ? 1e3
                       : unit == "ns"               ? 1
                                                    : 0;
  if (failure != std::errc{} || scale == 0 || !(value >= 0) || value * scale > 1e15) {
    throw UserError(fmt::format("--latency: \"{}\" is not a time; write milliseconds, or 1.5s, 20ms, 800us", text));
  }
  return static_cast<int64_t>(value * scale);
}

int thread_count(const std::string& text) {
  int threads = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), threads);
  const bool number = failure == std::errc{} && rest == text.data() + text.size();
  if (!number || threads < 1 || threads > kMostThreads) {
    throw UserError(fmt::format("--threads: \"{}\" is not a number of threads; write 1 to {}", text, kMostThreads));
  }
  return threads;
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
      throw UserError(fmt::format("--layouts: \"{}\" is not a layout{}; write all, or some of {}, separated by commas",
                                  name, near.empty() ? "" : fmt::format(" (did you mean {}?)", near),
                                  join(known, ", ")));
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
    int64_t dim = 0;
    const auto [rest, failure] = std::from_chars(text.data() + start, text.data() + end, dim);
    good = failure == std::errc{} && rest == text.data() + end && dim > 0;
    dims.push_back(dim);
    if (end == text.size()) break;
    start = end + 1;
  }
  if (!good)
    throw UserError(fmt::format("--shape: \"{}\" is not understood; write NAME=1x3x224x224, or DIMENSION=1", text));
  return {text.substr(0, equals), dims};
}

}  // namespace

void add_model_options(CLI::App& command, ModelArguments& arguments) {
  command.add_option("model", arguments.model, "ONNX file")->required();
  command.add_option("--target", arguments.target, "name (see: snug targets) or JSON file")->capture_default_str();
  command
      .add_option("--shape", arguments.shapes, "fix a dynamic input: NAME=1x3x224x224, or a symbolic dimension: NAME=1")
      ->take_all();
  command.add_option("--outputs", arguments.outputs, "tensors to compute instead of the model's outputs")
      ->delimiter(',');
  command
      .add_option("--primitives", arguments.primitives, "all, or classic: the families and layouts of the TASO paper")
      ->capture_default_str();
  command
      .add_option("--layouts", arguments.layouts,
                  "that selection considers: some of chw, hwc, hcw, c16, c8, c4, separated by commas, or all; what has "
                  "no form in any of them is computed in chw")
      ->capture_default_str();
  command.add_flag("--estimate", arguments.estimate, "price layers by work and bytes instead of measuring them");
  command.add_option("--trace", arguments.trace, "write every stage as text into this folder");
}

void add_threads_option(CLI::App& command, ModelArguments& arguments) {
  command.add_option("--threads", arguments.threads, "that share every large layer: OpenMP, or threads of your own")
      ->capture_default_str();
}

void add_limit_options(CLI::App& command, ModelArguments& arguments) {
  command.add_option("--ram", arguments.ram, "arena limit: bytes, 512K, 8MiB");
  command.add_option("--flash", arguments.flash, "limit of packed weights: bytes, 512K, 8MiB");
  command.add_option("--latency", arguments.latency, "time limit in milliseconds");
  add_threads_option(command, arguments);
}

void add_choice_options(CLI::App& command, ModelArguments& arguments) {
  command.add_option("--minimize", arguments.minimize, "time or ram")->capture_default_str();
  command
      .add_option(
          "--strategy", arguments.strategy,
          "ilp, dynamic-programme, time-only, greedy-fastest, greedy-in-order, greedy-smallest, per-layer, direct")
      ->capture_default_str();
}

CompileOptions compile_options(const ModelArguments& arguments) {
  CompileOptions options;
  for (const std::string& shape : arguments.shapes) options.import.shapes.insert(parse_shape(shape));
  options.import.outputs = arguments.outputs;
  options.target = find_target(arguments.target);
  options.estimate = arguments.estimate;
  options.threads = thread_count(arguments.threads);
  options.trace = arguments.trace;
  if (arguments.primitives != "all" && arguments.primitives != "classic") {
    throw UserError(fmt::format("--primitives: \"{}\" is neither all nor classic", arguments.primitives));
  }
  options.primitives = arguments.primitives == "classic" ? PrimitiveSet::kClassic : PrimitiveSet::kAll;
  options.layouts = layout_set(arguments.layouts);
  options.limits = {.ram_bytes = limit(arguments.ram, "--ram"),
                    .flash_bytes = limit(arguments.flash, "--flash"),
                    .latency_ns = latency_ns(arguments.latency)};
  if (arguments.minimize != "time" && arguments.minimize != "ram") {
    throw UserError(fmt::format("--minimize: \"{}\" is neither time nor ram", arguments.minimize));
  }
  options.limits.minimize = arguments.minimize == "ram" ? Minimize::kRam : Minimize::kTime;
  const std::optional<Strategy> strategy = strategy_from_name(arguments.strategy);
  if (!strategy) {
    throw UserError(fmt::format("--strategy: \"{}\" is not known; see snug compile --help", arguments.strategy));
  }
  options.strategy = *strategy;
  return options;
}

}  // namespace snug
