// What holds for a cost table whatever is chosen: when tensors begin and end, which concats may be copy-free,
// and which candidates can never be part of a valid choice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cost/cost_table.h"
#include "select/selection.h"

namespace snug {

/// Steps 0..n-1 are the nodes; step n converts the network's outputs.
struct Lifetime {
  int producer = -1;  ///< node; -1: an input of the network
  int last = 0;       ///< last step that needs the tensor; its producer where nobody reads it
};

struct Lifetimes {
  std::vector<Lifetime> of;               ///< per tensor
  std::vector<std::vector<int>> live;     ///< per step 0..n: tensors that exist before it and are needed by it or later
  std::vector<std::vector<int>> readers;  ///< per tensor, the nodes that read it, once per slot
  std::vector<int> first_producer;        ///< per node, of its inputs: where the buffer of a copy-free concat begins
};
Lifetimes lifetimes_of(const CostTable& costs);

/// Whether `node` may overwrite what it reads in `slot` unconverted: the tensor dies there and stands in no
/// other slot.
bool takes_over(const CostTable& costs, const Lifetimes& lifetimes, int node, int slot);

/// Why this candidate can never be part of a valid choice, or empty.
std::string impossible(const CostTable& costs, const Lifetimes& lifetimes, int node, const Candidate& candidate);

/// Whether a node that takes a candidate of this group (-1: of none) has its output from an earlier node's call.
bool made_by_sibling(const CostTable& costs, int node, int group);

/// Nodes of a group behind its first one whose outputs exist, or are being made, before `node` runs if one call makes
/// them all.
std::vector<int> made_before(const SiblingCosts& siblings, int node);

/// As evaluate() of selection.h, where many choices of one table are evaluated.
Evaluation evaluate(const CostTable& costs, const Lifetimes& lifetimes, const std::vector<int>& choice);

/// A choice that breaks a rule, and where.
struct Fault {
  int node = -1;
  std::string text;
};
std::optional<Fault> find_fault(const CostTable& costs, const Lifetimes& lifetimes, const std::vector<int>& choice);

/// What is held at a node's peak, for messages. `inputs` counts converted copies, `others` what the node does
/// not read.
struct PeakParts {
  int64_t inputs = 0, output = 0, workspace = 0, others = 0;
  bool converting = false;  ///< the peak lies in a conversion before the node (or among the output conversions)
};
PeakParts peak_parts(const CostTable& costs, const std::vector<int>& choice, int node);

}  // namespace snug
