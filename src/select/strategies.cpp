// Greedy, direct, per-layer and time-only choices. The rules are those of the comparison; see strategies.h.
#include "select/strategies.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "ops/primitive.h"
#include "select/exact.h"
#include "select/lifetimes.h"

namespace snug {
namespace {

/// Less is better, lexicographically.
using Rank = std::array<int64_t, 3>;

/// What the node needs by itself: what it reads, its workspace, its output.
int64_t own_needs(const CostTable& costs, int node, const Candidate& candidate) {
  std::set<std::pair<int, int>> maps{{costs.nodes[node].output, candidate.output_layout}};
  for (size_t slot = 0; slot < candidate.input_layouts.size(); ++slot) {
    maps.emplace(costs.nodes[node].inputs[slot], candidate.input_layouts[slot]);
  }
  int64_t bytes = candidate.workspace_bytes;
  for (const auto& [tensor, layout] : maps) bytes += costs.tensors[tensor].bytes[layout];
  return bytes;
}

/// Fastest of those that fit; where none fits, the one that needs least.
Rank fastest_rank(const CostTable& costs, int node, const Candidate& candidate, int64_t ram_bytes,
                  int64_t conversions_ns) {
  const int64_t needs = own_needs(costs, node, candidate);
  if (needs > ram_bytes) return {1, needs, candidate.time_ns + conversions_ns};
  return {0, candidate.time_ns + conversions_ns, candidate.workspace_bytes};
}

bool all_in(const Candidate& candidate, int layout) {
  const auto same = [layout](int other) { return other == layout; };
  return candidate.output_layout == layout && std::ranges::all_of(candidate.input_layouts, same);
}

/// The textbook loop: conv_direct_chw, else another direct loop, else the cheapest in chw. Tables without
/// primitives (tests) have it as candidate 0.
Rank direct_rank(const NodeCosts& node, const Candidate& candidate) {
  const auto no_primitive = [](const Candidate& other) { return other.primitive == nullptr; };
  if (std::ranges::all_of(node.candidates, no_primitive)) return {&candidate - node.candidates.data(), 0, 0};
  const std::string_view name = candidate.primitive == nullptr ? "" : candidate.primitive->name;
  const int64_t distance = name == "conv_direct_chw"         ? 0
                           : name.starts_with("conv_direct") ? 1
                           : all_in(candidate, 0)            ? 2
                                                             : 3;
  return {distance, candidate.time_ns, candidate.workspace_bytes};
}

int64_t conversions_ns(const CostTable& costs, int node, const Candidate& candidate, const std::vector<int>& layout) {
  constexpr int64_t kImpossible = std::numeric_limits<int64_t>::max() / 4;
  int64_t sum = 0;
  for (size_t slot = 0; slot < candidate.input_layouts.size(); ++slot) {
    const int tensor = costs.nodes[node].inputs[slot];
    const int64_t time = costs.tensors[tensor].conversion_ns[layout[tensor]][candidate.input_layouts[slot]];
    if (time < 0) return kImpossible;
    sum += time;
  }
  return sum;
}

Rank rank_of(const CostTable& costs, const Limits& limits, Strategy strategy, int node, const Candidate& candidate,
             const std::vector<int>& layout) {
  switch (strategy) {
    case Strategy::kGreedyFastest:
      return fastest_rank(costs, node, candidate, limits.ram_bytes, 0);
    case Strategy::kGreedyInOrder:
      return fastest_rank(costs, node, candidate, limits.ram_bytes, conversions_ns(costs, node, candidate, layout));
    case Strategy::kGreedySmallest:
      return {candidate.workspace_bytes, candidate.time_ns, 0};
    case Strategy::kDirect:
      return direct_rank(costs.nodes[node], candidate);
    default:
      CHECK(false, "not a layer-by-layer strategy");
  }
}

bool plain(const Candidate& candidate) {
  return candidate.in_place < 0 && !candidate.copy_free && candidate.siblings < 0;
}

/// The node's candidates, best first; those in place, copy-free or of siblings last, since they depend on other nodes.
std::vector<int> ranked(const CostTable& costs, const Lifetimes& lifetimes, const Limits& limits, Strategy strategy,
                        int node, const std::vector<int>& layout) {
  const std::vector<Candidate>& candidates = costs.nodes[node].candidates;
  std::vector<int> order;
  for (int index = 0; index < static_cast<int>(candidates.size()); ++index) {
    if (impossible(costs, lifetimes, node, candidates[index]).empty()) order.push_back(index);
  }
  std::ranges::stable_sort(order, {}, [&](int index) {
    const Candidate& candidate = candidates[index];
    return std::pair(!plain(candidate), rank_of(costs, limits, strategy, node, candidate, layout));
  });
  return order;
}

/// Replaces candidates that cannot stand beside the others', in the order of nodes.
void make_valid(const CostTable& costs, const Lifetimes& lifetimes, const std::vector<std::vector<int>>& orders,
                std::vector<int>& choice) {
  int done = -1;
  for (std::optional<Fault> fault = find_fault(costs, lifetimes, choice); fault && fault->node > done;
       fault = find_fault(costs, lifetimes, choice)) {
    done = fault->node;
    for (const int index : orders[done]) {
      choice[done] = index;
      const std::optional<Fault> next = find_fault(costs, lifetimes, choice);
      if (!next || next->node > done) break;
    }
  }
}

bool same_but_for_form(const Candidate& a, const Candidate& b) {
  return a.input_layouts == b.input_layouts && a.output_layout == b.output_layout && a.time_ns <= b.time_ns &&
         a.workspace_bytes <= b.workspace_bytes && a.weight_bytes <= b.weight_bytes;
}

/// In place and without copies, wherever it costs nothing.
void take_free_forms(const CostTable& costs, const Lifetimes& lifetimes, const Limits& limits,
                     std::vector<int>& choice) {
  Evaluation now = evaluate(costs, lifetimes, choice);
  for (size_t node = 0; node < choice.size() && now.valid; ++node) {
    const std::vector<Candidate>& candidates = costs.nodes[node].candidates;
    for (int index = 0; index < static_cast<int>(candidates.size()); ++index) {
      const int before = choice[node];
      if (plain(candidates[index]) || !plain(candidates[before])) continue;
      if (!same_but_for_form(candidates[index], candidates[before])) continue;
      choice[node] = index;
      Evaluation then = evaluate(costs, lifetimes, choice);
      const bool fits =
          then.peak_bytes <= now.peak_bytes || (limits.ram_bytes != kNoLimit && then.peak_bytes <= limits.ram_bytes);
      if (then.valid && fits) {
        now = std::move(then);
      } else {
        choice[node] = before;
      }
    }
  }
}

/// The same table with the candidates whose workspace is at most `workspace_bytes`, priced without it.
struct MapsOnly {
  CostTable costs;
  std::vector<std::vector<int>> original;  ///< per node: index in the full table
};

/// Nothing where a node would be left without candidates.
std::optional<MapsOnly> maps_only(const CostTable& costs, int64_t workspace_bytes) {
  MapsOnly maps{costs, {}};
  for (NodeCosts& node : maps.costs.nodes) {
    std::vector<int>& original = maps.original.emplace_back();
    std::vector<Candidate> candidates;
    for (int index = 0; index < static_cast<int>(node.candidates.size()); ++index) {
      if (node.candidates[index].workspace_bytes > workspace_bytes) continue;
      original.push_back(index);
      candidates.push_back(node.candidates[index]);
      candidates.back().workspace_bytes = 0;
    }
    if (candidates.empty()) return std::nullopt;
    node.candidates = std::move(candidates);
  }
  return maps;
}

std::vector<int> in_full_table(const MapsOnly& maps, const std::vector<int>& choice) {
  std::vector<int> result;
  for (size_t node = 0; node < choice.size(); ++node) result.push_back(maps.original[node][choice[node]]);
  return result;
}

/// Workspaces up to the limit, largest first.
std::vector<int64_t> distinct_workspaces(const CostTable& costs, int64_t ram_bytes) {
  std::set<int64_t, std::greater<>> sizes;
  for (const NodeCosts& node : costs.nodes) {
    for (const Candidate& candidate : node.candidates) sizes.insert(candidate.workspace_bytes);
  }
  std::vector<int64_t> result(sizes.begin(), sizes.end());
  std::erase_if(result, [&](int64_t bytes) { return bytes > ram_bytes; });
  return result;
}

int64_t beside(int64_t ram_bytes, int64_t workspace_bytes) {
  return ram_bytes == kNoLimit ? kNoLimit : ram_bytes - workspace_bytes;
}

/// The fastest choice with one shared workspace within the limit, or an empty one. The smaller the workspace, the
/// longer the least time without a limit on the maps: once that reaches the best time, nothing smaller can win.
Chosen fastest_with_shared_workspace(const CostTable& costs, int64_t ram_bytes) {
  Chosen best{{}, true};
  int64_t best_ns = kNoLimit;
  for (const int64_t workspace_bytes : distinct_workspaces(costs, ram_bytes)) {
    const std::optional<MapsOnly> maps = maps_only(costs, workspace_bytes);
    if (!maps) break;
    const Solved bound = least_time(maps->costs, {});
    if (bound.choice.empty() || evaluate(maps->costs, bound.choice).time_ns >= best_ns) break;
    const Solved solved = least_time(maps->costs, {.ram_bytes = beside(ram_bytes, workspace_bytes)});
    best.proven = best.proven && solved.proven && bound.proven;
    if (solved.choice.empty()) continue;
    const int64_t time_ns = evaluate(maps->costs, solved.choice).time_ns;
    if (time_ns >= best_ns) continue;
    best_ns = time_ns;
    best.choice = in_full_table(*maps, solved.choice);
  }
  return best;
}

/// The choice whose maps and shared workspace together need least.
std::vector<int> smallest_with_shared_workspace(const CostTable& costs) {
  std::vector<int> best;
  int64_t best_bytes = kNoLimit;
  for (const int64_t workspace_bytes : distinct_workspaces(costs, kNoLimit)) {
    const std::optional<MapsOnly> maps = maps_only(costs, workspace_bytes);
    if (!maps) break;
    const Solved solved = least_ram(maps->costs, {});
    if (solved.choice.empty()) break;
    const int64_t maps_bytes = evaluate(maps->costs, solved.choice).peak_bytes;
    if (maps_bytes + workspace_bytes > best_bytes) continue;
    best_bytes = maps_bytes + workspace_bytes;
    best = in_full_table(*maps, solved.choice);
  }
  return best;
}

}  // namespace

std::vector<int> choose_by_layer(const CostTable& costs, const Limits& limits, Strategy strategy) {
  const Lifetimes lifetimes = lifetimes_of(costs);
  std::vector<int> layout, choice;
  for (const TensorCosts& tensor : costs.tensors) layout.push_back(tensor.fixed_layout);
  std::vector<std::vector<int>> orders;
  for (int node = 0; node < static_cast<int>(costs.nodes.size()); ++node) {
    orders.push_back(ranked(costs, lifetimes, limits, strategy, node, layout));
    choice.push_back(orders.back().empty() ? 0 : orders.back().front());
    layout[costs.nodes[node].output] = costs.nodes[node].candidates[choice.back()].output_layout;
  }
  make_valid(costs, lifetimes, orders, choice);
  take_free_forms(costs, lifetimes, limits, choice);
  return choice;
}

Chosen choose_per_layer(const CostTable& costs, const Limits& limits) {
  Chosen chosen = fastest_with_shared_workspace(costs, limits.ram_bytes);
  if (chosen.choice.empty()) chosen.choice = smallest_with_shared_workspace(costs);
  return chosen;
}

Chosen choose_time_only(const CostTable& costs) {
  const Solved solved = least_time(costs, {});
  return {solved.choice, solved.proven};
}

}  // namespace snug
