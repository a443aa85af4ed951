// HiGHS: the only file that knows the solver.
#include "select/ilp.h"

#include <Highs.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "select/ilp_model.h"

namespace snug {
namespace {

/// A limit on branch-and-bound nodes, not on time: the answer is the same on every machine. Real networks
/// need 1.
constexpr int kMaxNodes = 20'000;
/// Choices that a tolerance let through and that were cut off one by one before it gives up.
constexpr int kMaxCuts = 100;

/// The power of two that brings a weight of this size to at most 2^bits: tolerances are absolute, so
/// everything that the solver sees is kept near 1.
double scale_for(int64_t largest, int bits) {
  const int exponent = std::ilogb(static_cast<double>(std::max<int64_t>(largest, 1))) + 1;
  return std::ldexp(1.0, std::min(0, bits - exponent));
}

double objective_scale(const IlpModel& model) {
  int64_t largest = 0;
  for (const int64_t cost : model.costs) largest = std::max(largest, cost);
  return scale_for(largest, 13);
}

void add_row(const IlpRow& row, HighsLp& lp) {
  int64_t largest = 0;
  for (const IlpTerm& term : row.terms) largest = std::max(largest, std::abs(term.weight));
  const double scale = scale_for(largest, 10);
  // Integers: half a unit more excludes nothing and forgives rounding. Rows of ones and twos need no
  // forgiveness.
  const double slack = largest > 2 && row.lower == -kNoLimit ? 0.5 : 0;
  lp.row_lower_.push_back(row.lower == -kNoLimit ? -kHighsInf : static_cast<double>(row.lower) * scale);
  lp.row_upper_.push_back(row.upper == kNoLimit ? kHighsInf : (static_cast<double>(row.upper) + slack) * scale);
  for (const IlpTerm& term : row.terms) {
    lp.a_matrix_.index_.push_back(term.column);
    lp.a_matrix_.value_.push_back(static_cast<double>(term.weight) * scale);
  }
  lp.a_matrix_.start_.push_back(static_cast<HighsInt>(lp.a_matrix_.index_.size()));
  ++lp.num_row_;
}

HighsLp to_highs(const IlpModel& model) {
  HighsLp lp;
  const double scale = objective_scale(model);
  lp.num_col_ = static_cast<HighsInt>(model.costs.size());
  for (const int64_t cost : model.costs) lp.col_cost_.push_back(static_cast<double>(cost) * scale);
  lp.col_lower_.assign(model.costs.size(), 0);
  lp.col_upper_.assign(model.costs.size(), 1);
  for (const bool integer : model.integer) {
    lp.integrality_.push_back(integer ? HighsVarType::kInteger : HighsVarType::kContinuous);
  }
  lp.a_matrix_.format_ = MatrixFormat::kRowwise;
  lp.a_matrix_.start_ = {0};
  for (const IlpRow& row : model.rows) add_row(row, lp);
  lp.a_matrix_.num_col_ = lp.num_col_;
  lp.a_matrix_.num_row_ = lp.num_row_;
  return lp;
}

void set_options(const IlpModel& model, Highs& highs) {
  highs.setOptionValue("output_flag", false);
  highs.setOptionValue("threads", 1);
  highs.setOptionValue("parallel", "off");
  highs.setOptionValue("random_seed", 0);
  highs.setOptionValue("mip_rel_gap", 0.0);
  highs.setOptionValue("mip_abs_gap", std::max(1e-9, 0.4 * objective_scale(model)));
  highs.setOptionValue("mip_detect_symmetry", false);
  highs.setOptionValue("mip_max_nodes", kMaxNodes);
}

bool within(const Evaluation& evaluation, const Limits& limits) {
  return evaluation.valid && evaluation.peak_bytes <= limits.ram_bytes &&
         evaluation.flash_bytes <= limits.flash_bytes && evaluation.time_ns <= limits.latency_ns;
}

int64_t value_of(const Evaluation& evaluation, IlpObjective objective) {
  return objective == IlpObjective::kTime ? evaluation.time_ns : evaluation.flash_bytes;
}

std::vector<int> rounded(const IlpModel& model, const std::vector<double>& values) {
  std::vector<int> choice;
  for (size_t node = 0; node < model.chosen.size(); ++node) {
    const auto largest = std::ranges::max_element(model.chosen[node], {}, [&](int column) { return values[column]; });
    choice.push_back(model.kept[node][largest - model.chosen[node].begin()]);
  }
  return choice;
}

/// Excludes one choice.
void cut_off(const IlpModel& model, const std::vector<int>& choice, Highs& highs) {
  std::vector<HighsInt> columns;
  for (size_t node = 0; node < choice.size(); ++node) {
    const auto place = std::ranges::find(model.kept[node], choice[node]);
    columns.push_back(model.chosen[node][place - model.kept[node].begin()]);
  }
  const std::vector<double> ones(columns.size(), 1);
  highs.addRow(-kHighsInf, static_cast<double>(columns.size()) - 1, static_cast<HighsInt>(columns.size()),
               columns.data(), ones.data());
}

void start_from(const CostTable& costs, const IlpModel& model, const std::vector<int>& incumbent, Highs& highs) {
  if (incumbent.empty()) return;
  HighsSolution solution;
  solution.col_value = column_values(costs, model, incumbent);
  if (!solution.col_value.empty()) highs.setSolution(solution);
}

std::string describe(const Highs& highs, int cuts) {
  const int64_t nodes = highs.getInfo().mip_node_count;
  std::string text =
      fmt::format("HiGHS: {}, {} node{}", highs.getModelStatus() == HighsModelStatus::kOptimal ? "gap 0" : "not proven",
                  nodes, nodes == 1 ? "" : "s");
  if (cuts > 0) text += fmt::format(", {} choices refused", cuts);
  return text;
}

/// Takes the solver's choice if it beats what is known.
void keep_better(const CostTable& costs, IlpObjective objective, const std::vector<int>& choice,
                 std::vector<int>& best) {
  if (best.empty() || value_of(evaluate(costs, choice), objective) < value_of(evaluate(costs, best), objective)) {
    best = choice;
  }
}

IlpResult run(const CostTable& costs, const Limits& limits, IlpObjective objective, const IlpModel& model,
              const std::vector<int>& incumbent) {
  using Status = IlpResult::Status;
  Highs highs;
  set_options(model, highs);
  CHECK(highs.passModel(to_highs(model)) == HighsStatus::kOk, "the solver refuses the model");
  start_from(costs, model, incumbent, highs);
  IlpResult result{Status::kStopped, incumbent, "HiGHS"};
  for (int cuts = 0; cuts <= kMaxCuts; ++cuts) {
    highs.run();
    result.solver = describe(highs, cuts);
    const HighsModelStatus status = highs.getModelStatus();
    const bool infeasible =
        status == HighsModelStatus::kInfeasible || status == HighsModelStatus::kUnboundedOrInfeasible;
    if (infeasible) {
      // With an incumbent in hand, "infeasible" after cuts says that nothing better is left.
      result.status = incumbent.empty() ? Status::kInfeasible : cuts > 0 ? Status::kOptimal : Status::kStopped;
      return result;
    }
    if (highs.getInfo().primal_solution_status != kSolutionStatusFeasible) return result;
    const std::vector<int> choice = rounded(model, highs.getSolution().col_value);
    if (within(evaluate(costs, choice), limits)) {
      keep_better(costs, objective, choice, result.choice);
      if (status == HighsModelStatus::kOptimal) result.status = Status::kOptimal;
      return result;
    }
    if (status != HighsModelStatus::kOptimal) return result;
    cut_off(model, choice, highs);
  }
  return result;
}

}  // namespace

IlpResult solve_ilp(const CostTable& costs, const Limits& limits, IlpObjective objective,
                    const std::vector<int>& incumbent) {
  int64_t at_most = kNoLimit;
  if (!incumbent.empty()) {
    const Evaluation evaluation = evaluate(costs, incumbent);
    CHECK(within(evaluation, limits), "an incumbent must meet the limits");
    at_most = value_of(evaluation, objective);
  }
  const IlpModel model = build_ilp(costs, limits, objective, at_most);
  if (model.infeasible) {
    CHECK(incumbent.empty(), "an incumbent exists, but the prefilter leaves nothing");
    return {IlpResult::Status::kInfeasible, {}, "prefilter"};
  }
  if (model.rows.empty()) {
    // Every node has one candidate left and nothing else can matter.
    std::vector<int> choice;
    for (const std::vector<int>& kept : model.kept) choice.push_back(kept[0]);
    return {IlpResult::Status::kOptimal, choice, "prefilter"};
  }
  return run(costs, limits, objective, model, incumbent);
}

}  // namespace snug
