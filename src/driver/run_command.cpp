// snug run
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "base/error.h"
#include "base/file.h"
#include "base/npy.h"
#include "base/text.h"
#include "driver/commands.h"
#include "driver/image.h"
#include "driver/options.h"
#include "driver/project.h"
#include "report/json_text.h"
#include "report/table.h"

namespace snug {

namespace {

using nlohmann::json;

struct RunArguments {
  std::filesystem::path folder;
  std::string target;
  std::vector<std::filesystem::path> inputs, outputs;
  ImageOptions image;
  int repeat = 10, top = 0;
  uint64_t seed = 1;
  std::filesystem::path labels;
  bool layers = false;
  bool json = false;
};

bool is_npy(const std::filesystem::path& file) {
  return file.extension() == ".npy";
}

std::vector<float> read_input(const std::filesystem::path& file, const Dims& dims, const ImageOptions& options) {
  if (!is_npy(file)) return read_image(file, images(dims).map, options);
  NpyArray array = read_npy(file);
  if (static_cast<int64_t>(array.floats.size()) != element_count(dims)) {
    throw UserError(fmt::format("{}: holds {} values, shape {}; the network's input is {}", file.string(),
                                array.floats.size(), text(array.dims), text(dims)));
  }
  return std::move(array.floats);
}

std::vector<std::vector<float>> read_inputs(const Project& project, const RunArguments& arguments) {
  if (arguments.inputs.empty()) return random_inputs(project, arguments.seed);
  if (arguments.inputs.size() != project.inputs.size()) {
    throw UserError(
        fmt::format("--input: the network has {} inputs, {} given", project.inputs.size(), arguments.inputs.size()));
  }
  std::vector<std::vector<float>> inputs;
  for (size_t i = 0; i < project.inputs.size(); ++i) {
    inputs.push_back(read_input(arguments.inputs[i], project.inputs[i].dims, arguments.image));
  }
  return inputs;
}

/// Options that would do nothing are a misunderstanding.
void check_combination(const CLI::App& command, const RunArguments& arguments) {
  const bool has_image = !std::ranges::all_of(arguments.inputs, is_npy);
  for (const char* option : {"--mean", "--scale", "--channels", "--resize"}) {
    if (command.count(option) == 0 || has_image) continue;
    throw CLI::ValidationError(option,
                               "is for images; a .npy file is given to the network as it is, and so are the "
                               "random numbers that stand in for a missing --input");
  }
  if (command.count("--seed") > 0 && command.count("--input") > 0)
    throw CLI::ValidationError("--seed", "is for the random numbers that stand in for a missing --input");
  for (const std::filesystem::path& output : arguments.outputs) check_overwritten(output, arguments.inputs);
  if (command.count("--labels") > 0 && command.count("--top") == 0)
    throw CLI::ValidationError("--labels", "names the classes that --top prints; give --top, too");
}

std::vector<std::string> read_labels(const std::filesystem::path& file) {
  if (file.empty()) return {};
  std::istringstream lines(read_file(file));
  std::vector<std::string> labels;
  for (std::string line; std::getline(lines, line);) labels.push_back(printable(line));
  if (labels.empty()) throw UserError(file.string() + ": holds no labels; it needs a line for each class");
  return labels;
}

/// The classes with the largest values, largest first; before them those that are not a number.
json top_classes(const std::vector<float>& output, int count, const std::vector<std::string>& labels) {
  std::vector<size_t> order(output.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto rank = [&](size_t i) { return std::isnan(output[i]) ? HUGE_VALF : output[i]; };
  const size_t kept = std::min(static_cast<size_t>(count), order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&](size_t a, size_t b) { return rank(a) != rank(b) ? rank(a) > rank(b) : a < b; });
  json classes = json::array();
  for (size_t i = 0; i < kept; ++i) {
    const std::string label = order[i] < labels.size() ? labels[order[i]] : "";
    classes.push_back({{"class", order[i]}, {"value", output[order[i]]}, {"label", label}});
  }
  return classes;
}

/// Every step's time in the running network beside what selection expected.
json layer_times(const Project& project, const std::vector<double>& step_ns) {
  json layers = json::array();
  for (size_t i = 0; i < step_ns.size(); ++i) {
    const Project::Layer& layer = project.layers[i];
    layers.push_back({{"step", i},
                      {"layer", layer.name},
                      {"primitive", layer.primitive},
                      {"block", layer.block},
                      {"median_ns", step_ns[i]},
                      {"expected_ns", layer.expected_ns}});
  }
  return layers;
}

std::string deviation(double measured_ns, double expected_ns) {
  return measured_ns > 0 ? fmt::format("{:+.0f} %", 100 * (expected_ns / measured_ns - 1)) : "";
}

void print_layers(const json& layers) {
  std::vector<std::vector<std::string>> rows;
  double measured = 0, expected = 0;
  for (const json& layer : layers) {
    const double ns = layer.at("median_ns"), expected_ns = layer.at("expected_ns");
    measured += ns, expected += expected_ns;
    rows.push_back({shortened(layer.at("layer"), kLongestName), layer.at("primitive"), format_ns(ns),
                    format_ns(expected_ns), deviation(ns, expected_ns)});
  }
  rows.push_back({"sum", "", format_ns(measured), format_ns(expected), deviation(measured, expected)});
  fmt::print("{}", table({{"layer"},
                          {"primitive"},
                          {"measured", Align::kRight},
                          {"expected", Align::kRight},
                          {"expected is", Align::kRight}},
                         rows));
}

void print_answer(const json& answer) {
  if (answer.contains("layers")) print_layers(answer.at("layers"));
  const double measured = answer.at("median_ns"), expected = answer.at("expected_ns");
  fmt::print("time  {} measured (median of {}), {} expected{}\n", format_ns(measured), answer.at("repeat").get<int>(),
             format_ns(expected),
             answer.at("measures_time").get<bool>() ? fmt::format(" ({})", deviation(measured, expected))
                                                    : "; the target is an emulator: its time means nothing");
  for (const json& entry : answer.value("top", json::array())) {
    fmt::print("  {:>5}  {:>10.5g}  {}\n", entry.at("class").get<size_t>(), entry.at("value").get<double>(),
               entry.at("label").get<std::string>());
  }
}

void run(const RunArguments& arguments) {
  const Project project = open_project(arguments.folder, arguments.target);
  if (arguments.outputs.size() > project.outputs.size()) {
    throw UserError(fmt::format("--output: the network has {} outputs, {} files given", project.outputs.size(),
                                arguments.outputs.size()));
  }
  const std::vector<std::string> labels = read_labels(arguments.labels);
  const ProjectRun result = run_project(project, read_inputs(project, arguments),
                                        {.repeat = arguments.repeat, .time_layers = arguments.layers});
  for (size_t i = 0; i < arguments.outputs.size(); ++i) {
    write_npy(arguments.outputs[i], {.dims = project.outputs[i].dims, .floats = result.outputs[i]});
  }
  json answer{{"median_ns", result.median_ns},      {"expected_ns", project.expected_ns},
              {"arena_bytes", project.arena_bytes}, {"flash_bytes", project.flash_bytes},
              {"target", project.target.name},      {"measures_time", project.target.measures_time},
              {"repeat", arguments.repeat}};
  if (arguments.layers) answer["layers"] = layer_times(project, result.step_ns);
  if (arguments.top > 0) answer["top"] = top_classes(result.outputs.front(), arguments.top, labels);
  if (arguments.json)
    print_json(answer);
  else
    print_answer(answer);
}

}  // namespace

void add_run_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "build the C of a folder and run it");
  const auto arguments = std::make_shared<RunArguments>();
  command->add_option("folder", arguments->folder, "what snug compile -o wrote")->required()->check(not_empty());
  command->add_option("--target", arguments->target, "run on another target than the one compiled for")
      ->check(understood_by([](const std::string& text) { find_target(text); }));
  command
      ->add_option("--input", arguments->inputs,
                   ".npy, PNG or JPEG, one per network input; without it seeded random numbers")
      ->check(not_empty());
  command->add_option("--output", arguments->outputs, ".npy, one per network output")->check(not_empty());
  command
      ->add_option("--mean", arguments->image.mean,
                   "of pixel values, one or one per channel in the order of --channels; value = (pixel - mean) * scale")
      ->check(finite_number())
      ->delimiter(',');
  command->add_option("--scale", arguments->image.scale, "factor, one or one per channel")
      ->check(finite_number())
      ->delimiter(',');
  command->add_option("--channels", arguments->image.channels, "rgb or bgr; a network with one input channel gets grey")
      ->check(one_of({"rgb", "bgr"}))
      ->capture_default_str();
  command->add_flag("--resize", arguments->image.resize,
                    "scale the image to the network's input (bilinear, half-pixel centres)");
  command->add_option("--repeat", arguments->repeat, "runs to take the median of")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "of the random input")->check(whole_number())->capture_default_str();
  command->add_option("--top", arguments->top, "print the classes with the largest values of the first output")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--labels", arguments->labels, "text file, line i names class i")->check(not_empty());
  command->add_flag("--layers", arguments->layers, "time every layer, too, beside what was expected of it");
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([=] {
    check_combination(*command, *arguments);
    run(*arguments);
  });
}

}  // namespace snug
