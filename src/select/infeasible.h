// Says which limit cannot be met, where it binds, and what would do.
#pragma once

#include <string>

#include "select/selection.h"

namespace snug {

/// No choice meets the limits: why. `explanation` reads on from the model's name: "does not fit
/// --ram 2.00MiB: ...".
Infeasible explain_infeasible(const CostTable& costs, const Limits& limits);

/// A strategy's choice exceeds the limits, which says nothing about other strategies. `choice_at(limits)`
/// chooses again: greedy choices depend on the limit, and the figure named must hold when it is given as the
/// limit.
using ChooseAt = std::vector<int> (*)(const CostTable& costs, const Limits& limits, Strategy strategy);
Infeasible explain_strategy(const CostTable& costs, const Limits& limits, Strategy strategy, ChooseAt choose_at);

}  // namespace snug
