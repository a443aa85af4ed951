// snug profile
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "driver/commands.h"
#include "driver/options.h"
#include "report/table.h"

namespace snug {

namespace {

using nlohmann::json;

struct ProfileArguments {
  ModelArguments model;
  bool json = false;
};

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
    std::vector<std::string> row{node.name, std::to_string(node.candidates.size())};
    for (const auto& [time, candidate] : by_time) {
      if (row.size() == 5) break;
      row.push_back(fmt::format("{} {}", candidate->primitive->name, format_ns(static_cast<double>(time))));
    }
    row.resize(5);
    rows.push_back(row);
  }
  fmt::print("{}", table({{"layer"}, {"candidates", Align::kRight}, {"fastest"}, {"second"}, {"third"}}, rows));
}

}  // namespace

void add_profile_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("profile", "measure every candidate of every layer, and every conversion");
  const auto arguments = std::make_shared<ProfileArguments>();
  add_model_options(*command, arguments->model);
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([=] {
    const Priced priced = price_model(arguments->model.model, compile_options(arguments->model));
    if (arguments->json)
      fmt::print("{}\n", prices(priced).dump(2));
    else
      print_prices(priced);
  });
}

}  // namespace snug
