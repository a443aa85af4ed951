// Selection against exhaustive search on small random graphs: every engine, every limit, every strategy.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "random_costs.h"
#include "select/dynamic_programme.h"
#include "select/exact.h"
#include "select/ilp.h"
#include "select/selection.h"

namespace snug {
namespace {

using random_costs::all_choices;
using random_costs::Random;
using random_costs::random_graph;

CostTable small_graph(uint64_t seed) {
  return random_graph(
      seed, {.nodes = 3 + static_cast<int>(seed % 4), .candidates = 3, .layouts = 2 + static_cast<int>(seed % 2)});
}

/// What orders two choices for a goal: least is best.
std::pair<int64_t, int64_t> order(const Evaluation& evaluation, Minimize minimize) {
  if (minimize == Minimize::kRam) return {evaluation.peak_bytes, evaluation.time_ns};
  return {evaluation.time_ns, evaluation.peak_bytes};
}

const Selection* best_of(const std::vector<Selection>& choices, const Limits& limits) {
  const Selection* best = nullptr;
  for (const Selection& selection : choices) {
    if (!meets(selection.evaluation, limits)) continue;
    const bool better =
        best == nullptr || order(selection.evaluation, limits.minimize) < order(best->evaluation, limits.minimize);
    if (better) best = &selection;
  }
  return best;
}

/// Every peak that occurs as a limit, one that is too small, and no limit.
std::vector<Limits> ram_limits(const std::vector<Selection>& choices) {
  std::set<int64_t> peaks;
  for (const Selection& selection : choices) peaks.insert(selection.evaluation.peak_bytes);
  if (!peaks.empty()) peaks.insert(*peaks.begin() - 64);
  peaks.insert(kNoLimit);
  std::vector<Limits> result;
  for (const int64_t peak : peaks) result.push_back({.ram_bytes = peak});
  return result;
}

/// `select` must answer as exhaustive search does, ties included.
void expect_exact(const CostTable& costs, const std::vector<Selection>& choices, const Limits& limits,
                  Strategy strategy) {
  const Selection* best = best_of(choices, limits);
  const auto answer = select(costs, limits, strategy);
  ASSERT_EQ(std::holds_alternative<Selection>(answer), best != nullptr);
  if (best == nullptr) return;
  const Selection& selection = std::get<Selection>(answer);
  EXPECT_TRUE(selection.optimal);
  EXPECT_EQ(order(evaluate(costs, selection.choice), limits.minimize), order(best->evaluation, limits.minimize));
}

TEST(SelectionProperty, IlpAndDynamicProgrammeEqualExhaustiveSearchUnderEveryRamLimit) {
  for (uint64_t seed = 1; seed <= 150 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CostTable costs = small_graph(seed);
    const std::vector<Selection> choices = all_choices(costs);
    for (const Limits& limits : ram_limits(choices)) {
      expect_exact(costs, choices, limits, Strategy::kIlp);
      expect_exact(costs, choices, limits, Strategy::kDynamicProgramme);
    }
  }
}

TEST(SelectionProperty, TheIntegerProgrammeAloneEqualsExhaustiveSearch) {
  for (uint64_t seed = 1; seed <= 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CostTable costs = small_graph(seed);
    const std::vector<Selection> choices = all_choices(costs);
    for (const Limits& limits : ram_limits(choices)) {
      const Selection* best = best_of(choices, limits);
      const IlpResult result = solve_ilp(costs, limits, IlpObjective::kTime);
      ASSERT_EQ(result.status, best == nullptr ? IlpResult::Status::kInfeasible : IlpResult::Status::kOptimal);
      if (best == nullptr) continue;
      EXPECT_EQ(evaluate(costs, result.choice).time_ns, best->evaluation.time_ns);
    }
  }
}

TEST(SelectionProperty, FlashAndLatencyLimitsEqualExhaustiveSearch) {
  for (uint64_t seed = 1; seed <= 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CostTable costs = small_graph(seed);
    const std::vector<Selection> choices = all_choices(costs);
    if (choices.empty()) continue;
    Random random(seed);
    const auto any = [&] { return choices[random() % choices.size()].evaluation; };
    for (int trial = 0; trial < 6; ++trial) {
      Limits limits;
      limits.minimize = trial % 2 == 0 ? Minimize::kTime : Minimize::kRam;
      if (random() % 2 == 0) limits.ram_bytes = any().peak_bytes;
      if (random() % 2 == 0) limits.flash_bytes = any().flash_bytes;
      if (random() % 2 == 0) limits.latency_ns = any().time_ns;
      expect_exact(costs, choices, limits, Strategy::kIlp);
      expect_exact(costs, choices, limits, Strategy::kDynamicProgramme);
    }
  }
}

TEST(SelectionProperty, TheFrontierEqualsExhaustiveSearch) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CostTable costs = small_graph(seed);
    const std::vector<Selection> choices = all_choices(costs);
    Limits limits;
    if (seed % 3 == 0 && !choices.empty()) limits.flash_bytes = choices[choices.size() / 2].evaluation.flash_bytes;
    std::vector<std::pair<int64_t, int64_t>> expected, found;
    Limits next = limits;
    while (const Selection* best = best_of(choices, next)) {
      expected.push_back(order(best->evaluation, Minimize::kTime));
      next.ram_bytes = best->evaluation.peak_bytes - 64;
    }
    for (const Selection& point : pareto_frontier(costs, limits)) {
      EXPECT_TRUE(point.optimal);
      found.push_back(order(evaluate(costs, point.choice), Minimize::kTime));
    }
    ASSERT_EQ(found, expected);
  }
}

TEST(SelectionProperty, WithSixLayoutsTheDynamicProgrammeEqualsTheIlp) {
  int solved = 0;
  for (uint64_t seed = 4000; seed < 4060; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CostTable costs = random_graph(seed, {.nodes = 9, .candidates = 8, .layouts = 6});
    const Solved smallest = least_ram(costs, {});
    if (smallest.choice.empty()) continue;
    const int64_t least = evaluate(costs, smallest.choice).peak_bytes;
    for (const int64_t ram_bytes : {least - 64, least, least * 5 / 4 / 64 * 64, least * 2, kNoLimit}) {
      const Limits limits{.ram_bytes = ram_bytes};
      const DynamicProgramme states = dynamic_programme(costs, ram_bytes, Minimize::kTime, 1000000);
      const IlpResult ilp = solve_ilp(costs, limits, IlpObjective::kTime);
      ASSERT_EQ(ilp.status == IlpResult::Status::kOptimal, states.status == DynamicProgramme::Status::kSolved);
      ASSERT_EQ(ilp.status == IlpResult::Status::kOptimal, ram_bytes >= least);
      if (ram_bytes < least) continue;
      ++solved;
      EXPECT_LE(evaluate(costs, ilp.choice).peak_bytes, ram_bytes);
      EXPECT_LE(evaluate(costs, states.choice).peak_bytes, ram_bytes);
      EXPECT_EQ(evaluate(costs, ilp.choice).time_ns, evaluate(costs, states.choice).time_ns);
    }
  }
  EXPECT_GT(solved, 100);
}

TEST(SelectionProperty, MoreMemoryNeverCostsTime) {
  for (uint64_t seed = 1000; seed < 1040; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CostTable costs = random_graph(seed, {.nodes = 14, .candidates = 6});
    int64_t last = kNoLimit;
    for (int64_t ram_bytes = 64 * 16; ram_bytes <= 64 * 160; ram_bytes += 64 * 12) {
      const auto answer = select(costs, {.ram_bytes = ram_bytes});
      const Selection* selection = std::get_if<Selection>(&answer);
      const int64_t time_ns = selection == nullptr ? kNoLimit : selection->evaluation.time_ns;
      EXPECT_LE(time_ns, last);
      last = time_ns;
    }
  }
}

TEST(SelectionProperty, OneMoreCandidateNeverCostsTime) {
  for (uint64_t seed = 2000; seed < 2060; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    CostTable costs = random_graph(seed, {.nodes = 14, .candidates = 4});
    const Solved smallest = least_ram(costs, {});
    if (smallest.choice.empty()) continue;
    const Limits limits{.ram_bytes = evaluate(costs, smallest.choice).peak_bytes + 64 * 4};
    const auto before = select(costs, limits);
    Random random(seed);
    NodeCosts& node = costs.nodes[random() % costs.nodes.size()];
    node.candidates.push_back(random_costs::random_candidate(random, 3, node.inputs.size()));
    const auto after = select(costs, limits);
    ASSERT_TRUE(std::holds_alternative<Selection>(after));
    EXPECT_LE(std::get<Selection>(after).evaluation.time_ns, std::get<Selection>(before).evaluation.time_ns);
  }
}

constexpr Strategy kSimple[] = {Strategy::kTimeOnly,       Strategy::kGreedyFastest, Strategy::kGreedyInOrder,
                                Strategy::kGreedySmallest, Strategy::kPerLayer,      Strategy::kDirect};

struct Counts {
  int answered = 0, refused = 0;
};

void expect_sound(const CostTable& costs, const Limits& limits, Strategy strategy, const Selection& best,
                  Counts& counts) {
  const auto answer = select(costs, limits, strategy);
  if (const Infeasible* infeasible = std::get_if<Infeasible>(&answer)) {
    ++counts.refused;
    if (infeasible->limit == "none") return;
    const Limits wider{.ram_bytes = infeasible->least_value};
    EXPECT_TRUE(std::holds_alternative<Selection>(select(costs, wider, strategy))) << infeasible->explanation;
    return;
  }
  ++counts.answered;
  const Evaluation evaluation = evaluate(costs, std::get<Selection>(answer).choice);
  EXPECT_TRUE(meets(evaluation, limits)) << evaluation.fault;
  EXPECT_GE(evaluation.time_ns, best.evaluation.time_ns);
  if (strategy == Strategy::kTimeOnly && limits.ram_bytes == kNoLimit) {
    EXPECT_EQ(evaluation.time_ns, best.evaluation.time_ns);
  }
}

TEST(SelectionProperty, EveryStrategyIsValidMeetsItsLimitsAndNeverBeatsTheIlp) {
  Counts counts;
  for (uint64_t seed = 3000; seed < 3100; ++seed) {
    const CostTable costs = random_graph(seed, {.nodes = 10, .candidates = 5});
    const Solved smallest = least_ram(costs, {});
    if (smallest.choice.empty()) continue;
    const int64_t least = evaluate(costs, smallest.choice).peak_bytes;
    for (const int64_t ram_bytes : {least, least * 3 / 2, least * 2, kNoLimit}) {
      const Limits limits{.ram_bytes = ram_bytes};
      const Selection best = std::get<Selection>(select(costs, limits));
      for (const Strategy strategy : kSimple) {
        SCOPED_TRACE("seed " + std::to_string(seed) + " " + std::string(name(strategy)));
        expect_sound(costs, limits, strategy, best, counts);
      }
    }
  }
  EXPECT_GT(counts.answered, 1000);
  EXPECT_GT(counts.refused, 100);
}

int64_t largest_workspace(const CostTable& costs, const std::vector<int>& choice) {
  int64_t largest = 0;
  for (size_t node = 0; node < choice.size(); ++node) {
    largest = std::max(largest, costs.nodes[node].candidates[choice[node]].workspace_bytes);
  }
  return largest;
}

/// Live bytes where one workspace, as large as its largest user, is kept through the whole run.
int64_t peak_with_shared_workspace(const CostTable& costs, const std::vector<int>& choice) {
  CostTable maps = costs;
  for (NodeCosts& node : maps.nodes) {
    for (Candidate& candidate : node.candidates) candidate.workspace_bytes = 0;
  }
  return evaluate(maps, choice).peak_bytes + largest_workspace(costs, choice);
}

TEST(SelectionProperty, PerLayerIsTheFastestWithOneSharedWorkspace) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const CostTable costs = small_graph(seed);
    const std::vector<Selection> choices = all_choices(costs);
    for (const Limits& limits : ram_limits(choices)) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " ram " + std::to_string(limits.ram_bytes));
      int64_t least_ns = kNoLimit;
      for (const Selection& each : choices) {
        if (peak_with_shared_workspace(costs, each.choice) > limits.ram_bytes) continue;
        least_ns = std::min(least_ns, each.evaluation.time_ns);
      }
      const auto answer = select(costs, limits, Strategy::kPerLayer);
      if (least_ns == kNoLimit) continue;
      ASSERT_TRUE(std::holds_alternative<Selection>(answer));
      EXPECT_EQ(std::get<Selection>(answer).evaluation.time_ns, least_ns);
    }
  }
}

/// The size that follows `before` in a text.
int64_t size_after(const std::string& text, const std::string& before) {
  const size_t begin = text.find(before) + before.size();
  return parse_bytes(text.substr(begin, text.find_first_of(" ,\n", begin) - begin));
}

int64_t& limit_named(const std::string& limit, Limits& limits) {
  return limit == "ram" ? limits.ram_bytes : limit == "flash" ? limits.flash_bytes : limits.latency_ns;
}

void expect_enough_and_least(const std::vector<Selection>& choices, const Limits& limits,
                             const Infeasible& infeasible) {
  SCOPED_TRACE(infeasible.explanation);
  EXPECT_EQ(infeasible.explanation.find("inf"), std::string::npos);
  if (infeasible.limit == "ram") {
    EXPECT_GE(size_after(infeasible.explanation, "\n  --ram "), infeasible.least_value);
  }
  Limits wider = limits;
  limit_named(infeasible.limit, wider) = infeasible.least_value;
  if (best_of(choices, wider) == nullptr) {
    // The other limits cannot be met in any case; then the figure holds without them.
    wider = {};
    limit_named(infeasible.limit, wider) = infeasible.least_value;
    EXPECT_NE(best_of(choices, wider), nullptr);
  }
  limit_named(infeasible.limit, wider) = infeasible.least_value - 1;
  EXPECT_EQ(best_of(choices, wider), nullptr);
}

TEST(SelectionProperty, WhatAnExplanationNamesIsEnoughAndNothingLessIs) {
  std::set<std::string> limits_named;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CostTable costs = small_graph(seed);
    const std::vector<Selection> choices = all_choices(costs);
    if (choices.empty()) continue;
    Random random(seed);
    const auto any = [&] { return choices[random() % choices.size()].evaluation; };
    Limits limits;
    if (random() % 2 == 0) limits.ram_bytes = any().peak_bytes * 2 / 3;
    if (random() % 2 == 0) limits.flash_bytes = any().flash_bytes * 2 / 3;
    if (random() % 2 == 0) limits.latency_ns = any().time_ns * 2 / 3;
    const auto answer = select(costs, limits);
    const Infeasible* infeasible = std::get_if<Infeasible>(&answer);
    ASSERT_EQ(infeasible == nullptr, best_of(choices, limits) != nullptr);
    if (infeasible == nullptr) continue;
    limits_named.insert(infeasible->limit);
    expect_enough_and_least(choices, limits, *infeasible);
  }
  EXPECT_EQ(limits_named, (std::set<std::string>{"flash", "latency", "ram"}));
}

TEST(SelectionProperty, ADynamicProgrammeThatGivesUpSaysSo) {
  const CostTable costs = random_costs::googlenet_like(1);
  EXPECT_EQ(dynamic_programme(costs, kNoLimit, Minimize::kTime, 50).status, DynamicProgramme::Status::kGaveUp);
}

TEST(SelectionProperty, EnginesAgreeOnNetworksOfRealSize) {
  for (const CostTable& costs : {random_costs::googlenet_like(7), random_costs::resnet50_like(7)}) {
    const std::vector<Selection> frontier = pareto_frontier(costs);
    EXPECT_GE(frontier.size(), 2U);
    for (const Selection& point : frontier) {
      const Limits limits{.ram_bytes = point.evaluation.peak_bytes};
      const IlpResult cold = solve_ilp(costs, limits, IlpObjective::kTime);
      ASSERT_EQ(cold.status, IlpResult::Status::kOptimal);
      EXPECT_EQ(evaluate(costs, cold.choice).time_ns, point.evaluation.time_ns);
    }
  }
}

}  // namespace
}  // namespace snug
