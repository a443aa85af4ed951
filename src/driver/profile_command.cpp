// snug profile
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "driver/commands.h"
#include "driver/options.h"
#include "report/json_text.h"
#include "report/table.h"
#include "target/process.h"
#include "zoo/zoo.h"

namespace snug {

namespace {

using nlohmann::json;

struct ProfileArguments {
  ModelArguments model;
  std::vector<std::filesystem::path> models;
  bool zoo = false, json = false;
};

/// What a network needs from the profile.
struct Wishes {
  std::string network;
  std::vector<Measurement> measurements;
};

using Name = std::pair<std::string_view, std::string>;
Name name_of(const Measurement& measurement) {
  return {measurement.primitive->name, layer_text(measurement.layer)};
}

json prices(const Priced& priced) {
  json nodes = json::array();
  for (const NodeCosts& node : priced.costs.nodes) {
    json candidates = json::array();
    for (const Candidate& candidate : node.candidates) {
      const std::string primitive(candidate.primitive != nullptr ? candidate.primitive->name : "none");
      candidates.push_back({{"primitive", primitive},
                            {"block", candidate.block},
                            {"time_ns", candidate.time_ns},
                            {"workspace_bytes", candidate.workspace_bytes},
                            {"weight_bytes", candidate.weight_bytes},
                            {"in_place", candidate.in_place}});
    }
    nodes.push_back({{"layer", node.name}, {"candidates", candidates}});
  }
  return nodes;
}

/// The three fastest candidates of every layer.
void print_prices(const Priced& priced) {
  std::vector<std::vector<std::string>> rows;
  for (const NodeCosts& node : priced.costs.nodes) {
    std::map<int64_t, const Candidate*> by_time;
    for (const Candidate& candidate : node.candidates) {
      if (candidate.primitive != nullptr && candidate.in_place < 0) by_time.emplace(candidate.time_ns, &candidate);
    }
    std::vector<std::string> row{shortened(node.name, kLongestName), std::to_string(node.candidates.size())};
    for (const auto& [time, candidate] : by_time) {
      if (row.size() == 5) break;
      row.push_back(fmt::format("{} {}", candidate->primitive->name, format_ns(static_cast<double>(time))));
    }
    row.resize(5);
    rows.push_back(row);
  }
  fmt::print("{}\n", table({{"layer"}, {"candidates", Align::kRight}, {"fastest"}, {"second"}, {"third"}}, rows));
}

json report_json(const ProfileReport& report) {
  json cuts = json::array();
  for (const Cut& cut : report.cuts) {
    cuts.push_back({{"primitive", cut.measurement.primitive->name},
                    {"layer", layer_text(cut.measurement.layer)},
                    {"least_ns", cut.least_ns},
                    {"price_ns", cut.price_ns},
                    {"faster_primitive", cut.faster.primitive->name},
                    {"faster_block", cut.faster.layer.block},
                    {"faster_ns", cut.faster_ns}});
  }
  return {{"wanted", report.wanted},
          {"known", report.known},
          {"measured", report.measured},
          {"cut", report.cuts.size()},
          {"predicted", report.predicted},
          {"seconds", report.seconds},
          {"cuts", cuts}};
}

/// Why a primitive's cuts were made: the one that was made least gladly.
std::string reason(const std::vector<const Cut*>& cuts) {
  const auto ratio = [](const Cut* cut) { return cut->least_ns / cut->faster_ns; };
  const Cut& closest =
      **std::ranges::min_element(cuts, [&](const Cut* a, const Cut* b) { return ratio(a) < ratio(b); });
  return fmt::format("takes at least {:.1f} times as long as {}, and needs as much memory", ratio(&closest),
                     closest.faster.primitive->name);
}

void print_report(const ProfileReport& report) {
  fmt::print("{} measurements: {} made now in {:.0f} s, {} known before, {} not worth making\n", report.wanted,
             report.measured, report.seconds, report.known, report.cuts.size());
  if (report.predicted > 0)
    fmt::print("{} of them on several threads: predicted from the times on one\n", report.predicted);
  if (report.cuts.empty()) return;
  std::map<std::string_view, std::vector<const Cut*>> by_primitive;
  for (const Cut& cut : report.cuts) by_primitive[cut.measurement.primitive->name].push_back(&cut);
  std::vector<std::vector<std::string>> rows;
  for (const auto& [primitive, cuts] : by_primitive) {
    rows.push_back({std::string(primitive), std::to_string(cuts.size()), reason(cuts)});
  }
  fmt::print("\n{}", table({{"not measured"}, {"layers", Align::kRight}, {"because it (at the least)"}}, rows));
}

/// Of every network's measurements, how many were cut; those that an earlier network shares count for both.
void print_networks(const std::vector<Wishes>& networks, const ProfileReport& report) {
  std::set<Name> cut;
  for (const Cut& one : report.cuts) cut.insert(name_of(one.measurement));
  std::vector<std::vector<std::string>> rows;
  for (const auto& [network, wanted] : networks) {
    const auto cuts =
        std::ranges::count_if(wanted, [&](const Measurement& one) { return cut.count(name_of(one)) != 0; });
    rows.push_back({network, std::to_string(wanted.size()), std::to_string(wanted.size() - static_cast<size_t>(cuts)),
                    std::to_string(cuts)});
  }
  fmt::print(
      "{}\n",
      table(
          {{"network"}, {"measurements", Align::kRight}, {"measured", Align::kRight}, {"not worth it", Align::kRight}},
          rows));
}

std::vector<Wishes> wishes_of(const ProfileArguments& arguments, const CompileOptions& options) {
  std::vector<Wishes> result;
  for (const std::filesystem::path& model : arguments.models) {
    result.push_back({model.stem().string(), wanted_measurements(model, options)});
  }
  if (!arguments.zoo) return result;
  ProgressLine progress("reading the zoo");
  const std::vector<ZooEntry> networks = zoo_networks();
  for (size_t i = 0; i < networks.size(); ++i) {
    progress.show(i, networks.size(), networks[i].name);
    const TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / (networks[i].name + ".onnx");
    write_zoo_model(networks[i].name, file);
    result.push_back({networks[i].name, wanted_measurements(file, options)});
  }
  progress.show(networks.size(), networks.size(), "");
  return result;
}

void profile_one(const ProfileArguments& arguments, const CompileOptions& options) {
  const Priced priced = price_model(arguments.models.front(), options);
  if (arguments.json) {
    json answer = priced.profile ? report_json(*priced.profile) : json::object();
    answer["layers"] = prices(priced);
    return print_json(answer);
  }
  print_prices(priced);
  if (priced.profile) print_report(*priced.profile);
}

void profile_many(const ProfileArguments& arguments, const CompileOptions& options) {
  const std::vector<Wishes> networks = wishes_of(arguments, options);
  std::vector<Measurement> all;
  for (const Wishes& wishes : networks) {
    all.insert(all.end(), wishes.measurements.begin(), wishes.measurements.end());
  }
  Profile profile = Profile::open(options.target);
  const ProfileReport report = fill_profile(profile, all, options.target);
  if (arguments.json) {
    json answer = report_json(report);
    for (const auto& [network, wanted] : networks) {
      answer["networks"].push_back({{"network", network}, {"wanted", wanted.size()}});
    }
    return print_json(answer);
  }
  print_networks(networks, report);
  print_report(report);
}

void profile(const ProfileArguments& arguments) {
  if (arguments.models.empty() && !arguments.zoo) throw CLI::RequiredError("an ONNX file, or several, or --zoo");
  const CompileOptions options = compile_options(arguments.model);
  const bool one = arguments.models.size() == 1 && !arguments.zoo;
  if (!one && options.estimate)
    throw CLI::ValidationError("--estimate", "prices the layers of one model; give one file");
  one ? profile_one(arguments, options) : profile_many(arguments, options);
}

}  // namespace

void add_profile_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("profile", "measure every candidate of every layer that may matter, and every conversion");
  const auto arguments = std::make_shared<ProfileArguments>();
  add_model_options(*command, arguments->model);
  add_threads_option(*command, arguments->model);
  command->remove_option(command->get_option("model"));
  command->add_option("models", arguments->models, "ONNX files; layers that they share are measured once")
      ->check(not_empty());
  command->add_flag("--zoo", arguments->zoo, "every network of snug zoo");
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([=] { profile(*arguments); });
}

}  // namespace snug
