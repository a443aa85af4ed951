// One call per strategy; what every strategy returns is checked against the limits in integers.
#include <array>
#include <utility>

#include "base/error.h"
#include "select/exact.h"
#include "select/infeasible.h"
#include "select/selection.h"
#include "select/strategies.h"

namespace snug {
namespace {

constexpr std::array<std::pair<Strategy, std::string_view>, 8> kNames{{
    {Strategy::kIlp, "ilp"},
    {Strategy::kDynamicProgramme, "dynamic-programme"},
    {Strategy::kTimeOnly, "time-only"},
    {Strategy::kGreedyFastest, "greedy-fastest"},
    {Strategy::kGreedyInOrder, "greedy-in-order"},
    {Strategy::kGreedySmallest, "greedy-smallest"},
    {Strategy::kPerLayer, "per-layer"},
    {Strategy::kDirect, "direct"},
}};

/// Those that are exact by their own rule say so; the layer-by-layer ones prove nothing.
Chosen choose(const CostTable& costs, const Limits& limits, Strategy strategy) {
  if (strategy == Strategy::kTimeOnly) return choose_time_only(costs);
  if (strategy == Strategy::kPerLayer) return choose_per_layer(costs, limits);
  return {choose_by_layer(costs, limits, strategy), false};
}

std::vector<int> choose_at(const CostTable& costs, const Limits& limits, Strategy strategy) {
  return choose(costs, limits, strategy).choice;
}

std::variant<Selection, Infeasible> select_exactly(const CostTable& costs, const Limits& limits, Strategy strategy) {
  const Proof proof = strategy == Strategy::kIlp ? Proof::kBoth : Proof::kEither;
  const Solved solved =
      limits.minimize == Minimize::kRam ? least_ram(costs, limits, proof) : least_time(costs, limits, proof);
  const bool found = !solved.choice.empty() || (costs.nodes.empty() && meets(evaluate(costs, {}), limits));
  if (!found && !solved.proven) {
    return Infeasible{"none", 0, 0, -1,
                      "was not solved: no choice within the limits was found (" + solved.solver + ")"};
  }
  if (!found) return explain_infeasible(costs, limits);
  Selection selection{solved.choice, evaluate(costs, solved.choice), strategy, solved.proven, solved.solver};
  CHECK(meets(selection.evaluation, limits), "a selection breaks the limits");
  return selection;
}

}  // namespace

std::string_view name(Strategy strategy) {
  for (const auto& [value, text] : kNames) {
    if (value == strategy) return text;
  }
  CHECK(false, "a strategy without a name");
}

std::optional<Strategy> strategy_from_name(std::string_view name) {
  for (const auto& [value, text] : kNames) {
    if (text == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  for (const auto& [value, text] : kNames) names.emplace_back(text);
  return names;
}

std::variant<Selection, Infeasible> select(const CostTable& costs, const Limits& limits, Strategy strategy) {
  if (strategy == Strategy::kIlp || strategy == Strategy::kDynamicProgramme) {
    return select_exactly(costs, limits, strategy);
  }
  Chosen chosen = choose(costs, limits, strategy);
  const bool found = !chosen.choice.empty() || costs.nodes.empty();
  Evaluation evaluation = found ? evaluate(costs, chosen.choice) : Evaluation{};
  if (!found || !meets(evaluation, limits)) return explain_strategy(costs, limits, strategy, choose_at);
  return Selection{std::move(chosen.choice), std::move(evaluation), strategy, chosen.proven,
                   std::string(name(strategy))};
}

}  // namespace snug
