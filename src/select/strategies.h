// The simpler strategies that every comparison uses.
#pragma once

#include <vector>

#include "select/selection.h"

namespace snug {

/// greedy-fastest, greedy-in-order, greedy-smallest, direct: a candidate for every node by that node's rule
/// alone. The choice may exceed the limits. Afterwards it is made valid (a candidate that cannot stand beside
/// the others' gives way to the next fastest that can), and nodes take the in-place or copy-free form of what
/// they have chosen wherever the layouts allow it and memory does not suffer, so that the comparison is about
/// primitives and layouts.
std::vector<int> choose_by_layer(const CostTable& costs, const Limits& limits, Strategy strategy);

/// A choice, and whether it is proven to be the best by its own rule. Empty: nothing valid exists.
struct Chosen {
  std::vector<int> choice;
  bool proven = false;
};

/// per-layer: one workspace is kept through the whole run, as large as its largest user. The fastest choice,
/// conversions counted, whose maps and that workspace fit limits.ram_bytes together, exactly; if none fits, the one
/// that needs least. Source: the second strategy of the TASO paper.
Chosen choose_per_layer(const CostTable& costs, const Limits& limits);

/// time-only: the exact least time, no limit counted.
Chosen choose_time_only(const CostTable& costs);

}  // namespace snug
