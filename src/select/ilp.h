// The integer programme of selection, solved by HiGHS.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "select/selection.h"

namespace snug {

enum class IlpObjective { kTime, kFlash };

struct IlpResult {
  enum class Status { kOptimal, kInfeasible, kStopped };  ///< kStopped: the node limit was reached, nothing is proven
  Status status = Status::kStopped;
  std::vector<int> choice;  ///< the best found that meets the limits by `evaluate`; empty if none
  std::string solver;       ///< "HiGHS: gap 0, 1 node"
};

/// Least time (or least flash) within the limits. `incumbent`, if given, is a valid choice within them; it
/// starts the search and is returned if nothing better exists. Deterministic. Optimality holds within the
/// solver's tolerances, 1e-6 in scaled units; that the limits are met is checked in integers.
IlpResult solve_ilp(const CostTable& costs, const Limits& limits, IlpObjective objective,
                    const std::vector<int>& incumbent = {});

}  // namespace snug
