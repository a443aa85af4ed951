// Lifetimes of tensors and the rules that do not depend on the choice.
#include "select/lifetimes.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace snug {

Lifetimes lifetimes_of(const CostTable& costs) {
  const int steps = static_cast<int>(costs.nodes.size());
  Lifetimes result;
  result.of.resize(costs.tensors.size());
  result.readers.resize(costs.tensors.size());
  result.first_producer.assign(costs.nodes.size(), std::numeric_limits<int>::max());
  for (int node = 0; node < steps; ++node) {
    for (const int tensor : costs.nodes[node].inputs) {
      const bool exists = costs.tensors[tensor].is_input || result.of[tensor].producer >= 0;
      CHECK(exists, costs.nodes[node].name + " reads a tensor that no earlier node produces");
      result.of[tensor].last = node;
      result.readers[tensor].push_back(node);
      result.first_producer[node] = std::min(result.first_producer[node], result.of[tensor].producer);
    }
    Lifetime& output = result.of[costs.nodes[node].output];
    output.producer = node;
    output.last = node;
  }
  result.live.resize(steps + 1);
  for (size_t tensor = 0; tensor < costs.tensors.size(); ++tensor) {
    Lifetime& lifetime = result.of[tensor];
    if (lifetime.producer < 0 && !costs.tensors[tensor].is_input) continue;  // a constant: not in the arena
    if (costs.tensors[tensor].is_output) lifetime.last = steps;
    for (int step = lifetime.producer + 1; step <= lifetime.last; ++step) {
      result.live[step].push_back(static_cast<int>(tensor));
    }
  }
  return result;
}

bool takes_over(const CostTable& costs, const Lifetimes& lifetimes, int node, int slot) {
  const std::vector<int>& inputs = costs.nodes[node].inputs;
  const int tensor = inputs[slot];
  return lifetimes.of[tensor].last == node && std::ranges::count(inputs, tensor) == 1;
}

bool made_by_sibling(const CostTable& costs, int node, int group) {
  return group >= 0 && costs.siblings[group].nodes.front() != node;
}

std::vector<int> made_before(const SiblingCosts& siblings, int node) {
  std::vector<int> result;
  for (const int sibling : siblings.nodes) {
    if (siblings.nodes.front() < node && node <= sibling) result.push_back(sibling);
  }
  return result;
}

static std::string impossible_copy_free(const CostTable& costs, const Lifetimes& lifetimes, int node,
                                        const Candidate& candidate) {
  const std::vector<int>& inputs = costs.nodes[node].inputs;
  const int end = lifetimes.of[costs.nodes[node].output].last;
  const bool same_layouts =
      std::ranges::all_of(candidate.input_layouts, [&](int layout) { return layout == candidate.output_layout; });
  if (!same_layouts) return "copy-free, but the layouts differ";
  for (const int tensor : inputs) {
    const TensorCosts& member = costs.tensors[tensor];
    if (member.is_input || member.is_output) return member.name + " is an input or output of the network";
    if (std::ranges::count(inputs, tensor) > 1) return member.name + " stands there twice";
    const int last = lifetimes.of[tensor].last;
    if (last > node && last >= end) return member.name + " is needed as long as the concatenated map or longer";
  }
  return {};
}

std::string impossible(const CostTable& costs, const Lifetimes& lifetimes, int node, const Candidate& candidate) {
  const NodeCosts& costs_of_node = costs.nodes[node];
  const TensorCosts& output = costs.tensors[costs_of_node.output];
  if (output.is_output && output.conversion_ns[candidate.output_layout][output.fixed_layout] < 0) {
    return fmt::format("output {} cannot be converted to {}", output.name, costs.layouts[output.fixed_layout]);
  }
  if (candidate.siblings >= 0 && candidate.output_layout != costs.siblings[candidate.siblings].output_layout) {
    return "made by one call with its siblings, but in another layout than they";
  }
  if (candidate.copy_free) return impossible_copy_free(costs, lifetimes, node, candidate);
  if (candidate.in_place >= 0) {
    const TensorCosts& input = costs.tensors[costs_of_node.inputs[candidate.in_place]];
    const int read = candidate.input_layouts[candidate.in_place];
    if (input.bytes[read] != output.bytes[candidate.output_layout]) return "in place, but the sizes differ";
  }
  return {};
}

}  // namespace snug
