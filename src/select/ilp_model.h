// The integer programme of selection as columns and rows of integers, independent of the solver.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "select/ilp.h"
#include "select/lifetimes.h"

namespace snug {

struct IlpTerm {
  int column = -1;
  int64_t weight = 0;
};

/// lower <= sum of terms <= upper; kNoLimit and -kNoLimit stand for infinity.
struct IlpRow {
  int64_t lower = 0, upper = 0;
  std::vector<IlpTerm> terms;
};

/// A column that is 1 where a tensor whose last reader is `step` is still held although other slots are
/// converted.
struct IlpHeld {
  int column = -1;
  std::vector<int> read;       ///< columns: it is read unconverted here
  std::vector<int> copy_free;  ///< columns: it lies in a concat's buffer, and so costs nothing
};

/// Columns lie in [0, 1]; a column index of -1 says that there is none (always 0).
struct IlpModel {
  std::vector<int64_t> costs;  ///< per column, `offset` taken out
  std::vector<bool> integer;
  std::vector<IlpRow> rows;
  int64_t offset = 0;                                  ///< what every choice costs at least
  std::vector<std::vector<int>> kept;                  ///< per node: candidates
  std::vector<std::vector<int>> chosen;                ///< per node and kept candidate: x
  std::vector<std::vector<int>> produced;              ///< per tensor and layout: o
  std::map<std::tuple<int, int, int, int>, int> read;  ///< (node, slot, from, to): y
  std::map<std::tuple<int, int, int>, IlpHeld> held;   ///< (node, tensor, layout): h
  bool infeasible = false;                             ///< a node has no candidate left
};

/// `at_most`: an objective value that is known to be reachable; choices above it may be left out.
IlpModel build_ilp(const CostTable& costs, const Limits& limits, IlpObjective objective, int64_t at_most = kNoLimit);

/// Values of all columns for a choice; empty if a chosen candidate is not in the model.
std::vector<double> column_values(const CostTable& costs, const IlpModel& model, const std::vector<int>& choice);

}  // namespace snug
