// The frontier: the fastest choice, then the fastest with less memory than that, and so on.
#include <utility>

#include "base/text.h"
#include "select/exact.h"
#include "select/selection.h"

namespace snug {

std::vector<Selection> pareto_frontier(const CostTable& costs, const Limits& limits) {
  std::vector<Selection> frontier;
  Limits next = limits;
  for (;;) {
    const Solved solved = least_time(costs, next, Proof::kEither, false);
    if (solved.choice.empty()) return frontier;
    Selection point{solved.choice, evaluate(costs, solved.choice), Strategy::kIlp, solved.proven, solved.solver};
    next.ram_bytes = point.evaluation.peak_bytes - kAlignmentBytes;
    // As fast with less memory: the point before was none of the frontier.
    if (!frontier.empty() && frontier.back().evaluation.time_ns >= point.evaluation.time_ns) frontier.pop_back();
    frontier.push_back(std::move(point));
  }
}

}  // namespace snug
