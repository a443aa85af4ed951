// Exact answers: the dynamic programme where it applies, the integer programme where it does not, or both.
#pragma once

#include <string>
#include <vector>

#include "select/selection.h"

namespace snug {

/// What is known: a best choice, or that there is none.
struct Solved {
  std::vector<int> choice;  ///< empty: none within the limits
  bool proven = false;
  std::string solver;
};

/// kEither asks the dynamic programme and turns to the integer programme where that gives up or a flash limit
/// binds; kBoth lets the integer programme prove (from that incumbent) whatever the dynamic programme found.
enum class Proof { kEither, kBoth };

/// Whether a choice so evaluated is valid and within all limits.
bool meets(const Evaluation& evaluation, const Limits& limits);

/// Least time within the limits (limits.minimize is ignored). Ties go to the lower peak, unless `settle_ties`
/// is false and the integer programme had to answer.
Solved least_time(const CostTable& costs, const Limits& limits, Proof proof = Proof::kEither, bool settle_ties = true);

/// Least peak within the limits, and least time at that peak.
Solved least_ram(const CostTable& costs, const Limits& limits, Proof proof = Proof::kEither);

/// Least flash within the limits.
Solved least_flash(const CostTable& costs, const Limits& limits);

}  // namespace snug
