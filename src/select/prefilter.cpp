// Dominated and impossible candidates.
#include "select/prefilter.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace snug {
namespace {

using Kept = std::vector<std::vector<int>>;

bool dominated(const std::vector<Candidate>& candidates, int index, bool flash_counts) {
  const Candidate& candidate = candidates[index];
  for (int other = 0; other < static_cast<int>(candidates.size()); ++other) {
    const Candidate& rival = candidates[other];
    if (other == index || !same_form(candidate, rival)) continue;
    const bool not_worse = rival.time_ns <= candidate.time_ns && rival.workspace_bytes <= candidate.workspace_bytes &&
                           (!flash_counts || rival.weight_bytes <= candidate.weight_bytes);
    if (!not_worse) continue;
    const bool equal = rival.time_ns == candidate.time_ns && rival.workspace_bytes == candidate.workspace_bytes &&
                       (!flash_counts || rival.weight_bytes == candidate.weight_bytes);
    if (!equal || other < index) return true;
  }
  return false;
}

/// Least bytes of every tensor over the layouts in which it can still be produced; 0 where it may lie in a
/// concat.
std::vector<int64_t> least_bytes(const CostTable& costs, const Kept& kept, const std::vector<bool>& contained) {
  std::vector<int64_t> least(costs.tensors.size());
  for (size_t tensor = 0; tensor < costs.tensors.size(); ++tensor) {
    if (costs.tensors[tensor].is_input) least[tensor] = costs.tensors[tensor].bytes[costs.tensors[tensor].fixed_layout];
  }
  for (size_t node = 0; node < kept.size(); ++node) {
    const int output = costs.nodes[node].output;
    int64_t bytes = std::numeric_limits<int64_t>::max();
    for (const int index : kept[node]) {
      bytes = std::min(bytes, costs.tensors[output].bytes[costs.nodes[node].candidates[index].output_layout]);
    }
    least[output] = contained[output] ? 0 : bytes;
  }
  return least;
}

std::vector<bool> may_be_contained(const CostTable& costs, const Kept& kept) {
  std::vector<bool> contained(costs.tensors.size());
  for (size_t node = 0; node < kept.size(); ++node) {
    for (const int index : kept[node]) {
      if (!costs.nodes[node].candidates[index].copy_free) continue;
      for (const int tensor : costs.nodes[node].inputs) contained[tensor] = true;
    }
  }
  return contained;
}

/// Bytes that must be alive while this candidate runs, whatever the other nodes choose.
int64_t own_bytes(const CostTable& costs, const std::vector<bool>& contained, int node, const Candidate& candidate) {
  const NodeCosts& costs_of_node = costs.nodes[node];
  const int64_t output = costs.tensors[costs_of_node.output].bytes[candidate.output_layout];
  if (candidate.copy_free) return output + candidate.workspace_bytes;
  int64_t bytes = candidate.workspace_bytes;
  if (candidate.in_place < 0 && !contained[costs_of_node.output]) bytes += output;
  std::set<std::pair<int, int>> maps;
  for (size_t slot = 0; slot < costs_of_node.inputs.size(); ++slot) {
    const int tensor = costs_of_node.inputs[slot], layout = candidate.input_layouts[slot];
    if (!contained[tensor] && maps.emplace(tensor, layout).second) bytes += costs.tensors[tensor].bytes[layout];
  }
  return bytes;
}

/// One round; returns whether anything was dropped.
bool drop_too_large(const CostTable& costs, const Lifetimes& lifetimes, int64_t ram_bytes, Kept& kept) {
  const std::vector<bool> contained = may_be_contained(costs, kept);
  const std::vector<int64_t> least = least_bytes(costs, kept, contained);
  bool dropped = false;
  for (int node = 0; node < static_cast<int>(kept.size()); ++node) {
    int64_t others = 0;
    for (const int tensor : lifetimes.live[node]) {
      if (std::ranges::count(costs.nodes[node].inputs, tensor) == 0) others += least[tensor];
    }
    dropped |= std::erase_if(kept[node], [&](int index) {
                 return others + own_bytes(costs, contained, node, costs.nodes[node].candidates[index]) > ram_bytes;
               }) > 0;
    if (kept[node].empty()) return false;
  }
  return dropped;
}

void drop_too_slow(const CostTable& costs, int64_t latency_ns, Kept& kept) {
  std::vector<int64_t> least;
  int64_t sum = 0;
  for (size_t node = 0; node < kept.size(); ++node) {
    int64_t time = std::numeric_limits<int64_t>::max();
    for (const int index : kept[node]) time = std::min(time, costs.nodes[node].candidates[index].time_ns);
    if (kept[node].empty()) return;
    least.push_back(time);
    sum += time;
  }
  for (size_t node = 0; node < kept.size(); ++node) {
    std::erase_if(kept[node], [&](int index) {
      return costs.nodes[node].candidates[index].time_ns - least[node] > latency_ns - sum;
    });
  }
}

}  // namespace

std::vector<std::vector<int>> useful_candidates(const CostTable& costs, const Lifetimes& lifetimes,
                                                const Limits& limits) {
  Kept kept(costs.nodes.size());
  for (int node = 0; node < static_cast<int>(kept.size()); ++node) {
    const std::vector<Candidate>& candidates = costs.nodes[node].candidates;
    for (int index = 0; index < static_cast<int>(candidates.size()); ++index) {
      if (dominated(candidates, index, limits.flash_bytes != kNoLimit)) continue;
      if (impossible(costs, lifetimes, node, candidates[index]).empty()) kept[node].push_back(index);
    }
    if (kept[node].empty()) return kept;
  }
  if (limits.latency_ns != kNoLimit) drop_too_slow(costs, limits.latency_ns, kept);
  if (limits.ram_bytes == kNoLimit) return kept;
  while (drop_too_large(costs, lifetimes, limits.ram_bytes, kept)) {
  }
  return kept;
}

}  // namespace snug
