// CostTable + Limits → Selection, or Infeasible.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cost/cost_table.h"

namespace snug {

inline constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

enum class Minimize { kTime, kRam };

/// Strategies of the comparison: ilp, dynamic-programme (the oracle, also exact), time-only, greedy-fastest,
/// greedy-in-order, greedy-smallest, per-layer, direct.
enum class Strategy {
  kIlp,
  kDynamicProgramme,
  kTimeOnly,
  kGreedyFastest,
  kGreedyInOrder,
  kGreedySmallest,
  kPerLayer,
  kDirect
};
std::string_view name(Strategy strategy);
std::optional<Strategy> strategy_from_name(std::string_view name);
std::vector<std::string> strategy_names();

struct Limits {
  int64_t ram_bytes = kNoLimit;
  int64_t flash_bytes = kNoLimit;
  int64_t latency_ns = kNoLimit;
  Minimize minimize = Minimize::kTime;
};

/// What a choice of one candidate per node costs, exactly. Live bytes follow design section 3, (4) and (5).
struct Evaluation {
  bool valid = true;  ///< false where a needed conversion does not exist, or a copy-free concat's inputs do not fit it
  std::string fault;  ///< why it is not valid
  int64_t time_ns = 0;  ///< primitives and conversions
  int64_t peak_bytes = 0;
  int64_t flash_bytes = 0;
  int peak_node = -1;                    ///< node at whose step (or conversion) the peak is
  std::vector<int64_t> node_peak_bytes;  ///< per node, conversions of its inputs included; last: the output conversions
};
Evaluation evaluate(const CostTable& costs, const std::vector<int>& choice);

struct Selection {
  std::vector<int> choice;  ///< candidate per node
  Evaluation evaluation;
  Strategy strategy = Strategy::kIlp;
  bool optimal = false;  ///< proven for this strategy's own objective and the limits
  std::string solver;    ///< "HiGHS: gap 0, 1 node", "dynamic programme: 812 states"
};

/// No choice meets the limits. A normal answer.
struct Infeasible {
  std::string limit;        ///< "ram", "flash", "latency"; "none" if nothing is valid under any limit
  int64_t limit_value = 0;  ///< bytes or ns
  int64_t least_value =
      0;          ///< the least that is possible with the other limits kept (without them, if that is infeasible too)
  int node = -1;  ///< where the least-RAM choice peaks
  std::string explanation;  ///< text as in examples.md: which layer, what it holds, how much more would do
};

/// Solves with one strategy. Deterministic. Every returned Selection satisfies the limits by `evaluate`, in
/// integers.
std::variant<Selection, Infeasible> select(const CostTable& costs, const Limits& limits,
                                           Strategy strategy = Strategy::kIlp);

/// The exact frontier of time and RAM under the other limits, fastest first.
std::vector<Selection> pareto_frontier(const CostTable& costs, const Limits& limits = {});

}  // namespace snug
