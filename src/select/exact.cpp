// Least time, least RAM, least flash.
#include "select/exact.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "select/dynamic_programme.h"
#include "select/ilp.h"
#include "select/strategies.h"

namespace snug {
namespace {

using DpStatus = DynamicProgramme::Status;
using IlpStatus = IlpResult::Status;

std::string describe(const DynamicProgramme& programme) {
  return fmt::format("dynamic programme: {} states", programme.states);
}

/// The cost table with flash priced at `price` / 1024 ns per byte.
CostTable with_flash_priced(const CostTable& costs, int64_t price) {
  CostTable priced = costs;
  for (NodeCosts& node : priced.nodes) {
    for (Candidate& candidate : node.candidates) candidate.time_ns += candidate.weight_bytes * price / 1024;
  }
  return priced;
}

void keep_faster(const CostTable& costs, const Limits& limits, const std::vector<int>& choice, std::vector<int>& best) {
  const Evaluation evaluation = evaluate(costs, choice);
  if (!meets(evaluation, limits)) return;
  if (best.empty() || evaluation.time_ns < evaluate(costs, best).time_ns) best = choice;
}

/// A good choice within the limits to start the integer programme from: the strategies' best and, for a flash
/// limit, dynamic programmes with a price on flash (Lagrange's multiplier, by bisection). Empty if none is
/// found.
std::vector<int> incumbent(const CostTable& costs, const Limits& limits, bool dynamic_programme_works) {
  std::vector<int> best;
  for (const Strategy strategy : {Strategy::kGreedyFastest, Strategy::kGreedyInOrder, Strategy::kGreedySmallest}) {
    keep_faster(costs, limits, choose_by_layer(costs, limits, strategy), best);
  }
  int64_t low = 0, high = int64_t{1} << 24;
  while (dynamic_programme_works && limits.flash_bytes != kNoLimit && high - low > 1 + low / 16) {
    const int64_t price = low == 0 ? (high > 1024 ? high / 1024 : high / 2) : low + (high - low) / 2;
    const DynamicProgramme programme = dynamic_programme(with_flash_priced(costs, price), limits.ram_bytes);
    if (programme.status != DpStatus::kSolved) break;
    keep_faster(costs, limits, programme.choice, best);
    (evaluate(costs, programme.choice).flash_bytes <= limits.flash_bytes ? high : low) = price;
  }
  return best;
}

/// Lowers the peak at the same time as far as it goes.
void settle_ties_by_ilp(const CostTable& costs, Limits limits, Solved& solved) {
  Evaluation best = evaluate(costs, solved.choice);
  limits.latency_ns = best.time_ns;
  while (best.peak_bytes >= kAlignmentBytes) {
    limits.ram_bytes = best.peak_bytes - kAlignmentBytes;
    const IlpResult lower = solve_ilp(costs, limits, IlpObjective::kTime);
    if (lower.choice.empty()) return;
    solved.choice = lower.choice;
    best = evaluate(costs, solved.choice);
  }
}

Solved by_ilp(const CostTable& costs, const Limits& limits, bool dynamic_programme_works, bool settle_ties) {
  const IlpResult result =
      solve_ilp(costs, limits, IlpObjective::kTime, incumbent(costs, limits, dynamic_programme_works));
  Solved solved{result.choice, result.status != IlpStatus::kStopped, result.solver};
  if (settle_ties && !solved.choice.empty()) settle_ties_by_ilp(costs, limits, solved);
  return solved;
}

/// Lets the integer programme confirm a dynamic programme's optimum.
void confirm(const CostTable& costs, const Limits& limits, Solved& solved) {
  const IlpResult result = solve_ilp(costs, limits, IlpObjective::kTime, solved.choice);
  CHECK(evaluate(costs, result.choice).time_ns == evaluate(costs, solved.choice).time_ns,
        "the integer programme found a faster choice than the dynamic programme");
  solved.solver = result.solver + "; " + solved.solver;
}

/// Bisects the RAM limit between a lower bound and the peak of a choice in hand.
Solved bisect_ram(const CostTable& costs, Limits limits, int64_t low) {
  Solved best = least_time(costs, limits, Proof::kEither, false);
  if (best.choice.empty()) return best;
  int64_t high = evaluate(costs, best.choice).peak_bytes;
  while (low < high) {
    limits.ram_bytes = low + (high - low) / 2 / kAlignmentBytes * kAlignmentBytes;
    Solved smaller = least_time(costs, limits, Proof::kEither, false);
    smaller.proven = smaller.proven && best.proven;
    if (smaller.choice.empty()) {
      best.proven = smaller.proven;
      low = limits.ram_bytes + kAlignmentBytes;
    } else {
      high = evaluate(costs, smaller.choice).peak_bytes;
      best = std::move(smaller);
    }
  }
  return best;
}

}  // namespace

bool meets(const Evaluation& evaluation, const Limits& limits) {
  return evaluation.valid && evaluation.peak_bytes <= limits.ram_bytes &&
         evaluation.flash_bytes <= limits.flash_bytes && evaluation.time_ns <= limits.latency_ns;
}

Solved least_time(const CostTable& costs, const Limits& limits, Proof proof, bool settle_ties) {
  const DynamicProgramme programme = dynamic_programme(costs, limits.ram_bytes);
  if (programme.status == DpStatus::kInfeasible) return {{}, true, describe(programme)};
  if (programme.status == DpStatus::kGaveUp) return by_ilp(costs, limits, false, settle_ties);
  const Evaluation evaluation = evaluate(costs, programme.choice);
  CHECK(evaluation.valid && evaluation.peak_bytes <= limits.ram_bytes, "the dynamic programme breaks its own rules");
  if (evaluation.time_ns > limits.latency_ns) return {{}, true, describe(programme)};
  if (evaluation.flash_bytes > limits.flash_bytes) return by_ilp(costs, limits, true, settle_ties);
  Solved solved{programme.choice, true, describe(programme)};
  if (proof == Proof::kBoth) confirm(costs, limits, solved);
  return solved;
}

Solved least_ram(const CostTable& costs, const Limits& limits, Proof proof) {
  const DynamicProgramme programme = dynamic_programme(costs, limits.ram_bytes, Minimize::kRam);
  if (programme.status == DpStatus::kInfeasible) return {{}, true, describe(programme)};
  const bool solved = programme.status == DpStatus::kSolved;
  Limits least = limits;
  int64_t low = solved ? evaluate(costs, programme.choice).peak_bytes : 0;
  bool proven = true;
  if (!solved || limits.flash_bytes != kNoLimit || limits.latency_ns != kNoLimit) {
    const Solved smallest = bisect_ram(costs, limits, low);
    if (smallest.choice.empty()) return smallest;
    low = evaluate(costs, smallest.choice).peak_bytes;
    proven = smallest.proven;
  }
  least.ram_bytes = low;
  Solved result = least_time(costs, least, proof);
  result.proven = result.proven && proven;
  if (proof == Proof::kBoth && low > 0) {
    least.ram_bytes = low - kAlignmentBytes;
    const IlpResult smaller = solve_ilp(costs, least, IlpObjective::kTime);
    CHECK(smaller.choice.empty() || !proven, "the integer programme found a choice with less memory");
  }
  return result;
}

Solved least_flash(const CostTable& costs, const Limits& limits) {
  const IlpResult result = solve_ilp(costs, limits, IlpObjective::kFlash);
  return {result.choice, result.status != IlpStatus::kStopped, result.solver};
}

}  // namespace snug
