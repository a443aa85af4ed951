// Cost tables for tests: small random graphs that exhaustive search can solve, and large ones shaped like
// real networks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "cost/cost_table.h"
#include "select/selection.h"

namespace snug::random_costs {

using Random = std::mt19937_64;

inline int64_t between(Random& random, int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
}
inline bool chance(Random& random, int percent) {
  return between(random, 1, 100) <= percent;
}

struct Size {
  int nodes = 5;
  int candidates = 3;  ///< at most, twins apart
  int layouts = 3;
};

/// A tensor of so many 64-byte blocks (a little more in the last layout, as channel padding makes it).
inline int add_tensor(CostTable& costs, Random& random, int64_t blocks) {
  const int layouts = static_cast<int>(costs.layouts.size());
  TensorCosts tensor;
  tensor.name = "t" + std::to_string(costs.tensors.size());
  for (int layout = 0; layout < layouts; ++layout) {
    tensor.bytes.push_back(64 * (blocks + (layout == layouts - 1 ? between(random, 0, 3) : 0)));
  }
  tensor.conversion_ns.assign(layouts, std::vector<int64_t>(layouts, 0));
  for (int from = 0; from < layouts; ++from) {
    for (int to = 0; to < layouts; ++to) {
      if (from != to) tensor.conversion_ns[from][to] = chance(random, 5) ? -1 : between(random, 1, 30);
    }
  }
  costs.tensors.push_back(tensor);
  return static_cast<int>(costs.tensors.size()) - 1;
}

inline CostTable empty_table(int layouts) {
  CostTable costs;
  static constexpr const char* kNames[] = {"chw", "hwc", "c16", "c8", "c4", "hcw"};
  for (int layout = 0; layout < layouts; ++layout) costs.layouts.push_back(kNames[layout]);
  return costs;
}

inline Candidate random_candidate(Random& random, int layouts, size_t slots) {
  Candidate candidate;
  for (size_t slot = 0; slot < slots; ++slot) {
    candidate.input_layouts.push_back(static_cast<int>(between(random, 0, layouts - 1)));
  }
  candidate.output_layout = static_cast<int>(between(random, 0, layouts - 1));
  candidate.time_ns = between(random, 1, 100);
  candidate.workspace_bytes = chance(random, 40) ? 0 : 64 * between(random, 1, 30);
  candidate.weight_bytes = 64 * between(random, 0, 20);
  return candidate;
}

/// Inputs of the next node: recent tensors, so that chains, branches and residual joins arise; at times one
/// twice.
inline std::vector<int> random_inputs(const CostTable& costs, Random& random, int count) {
  const int tensors = static_cast<int>(costs.tensors.size());
  std::vector<int> inputs;
  for (int slot = 0; slot < count; ++slot) {
    const int back = static_cast<int>(between(random, 1, chance(random, 60) ? 2 : 5));
    const int tensor = std::max(0, tensors - back);
    const bool again = std::ranges::count(inputs, tensor) > 0;
    if (!again || chance(random, 20)) inputs.push_back(tensor);
  }
  return inputs;
}

/// A node whose output may take over an input's memory: candidates in one layout, in place and not; at times in place
/// from one layout into another that needs as much memory.
inline void add_elementwise(CostTable& costs, Random& random, const Size& size) {
  NodeCosts node;
  node.inputs = random_inputs(costs, random, static_cast<int>(between(random, 1, 2)));
  TensorCosts output = costs.tensors[node.inputs[0]];
  output.name = "t" + std::to_string(costs.tensors.size());
  output.is_input = output.is_output = false;
  costs.tensors.push_back(output);
  node.output = static_cast<int>(costs.tensors.size()) - 1;
  for (int layout = 0; layout < size.layouts; ++layout) {
    Candidate candidate = random_candidate(random, size.layouts, node.inputs.size());
    candidate.input_layouts.assign(node.inputs.size(), layout);
    candidate.output_layout = layout;
    candidate.workspace_bytes = 0;
    node.candidates.push_back(candidate);
    candidate.in_place = static_cast<int>(between(random, 0, static_cast<int64_t>(node.inputs.size()) - 1));
    node.candidates.push_back(candidate);
  }
  if (chance(random, 30)) {
    const int from = static_cast<int>(between(random, 0, size.layouts - 1));
    Candidate candidate = random_candidate(random, size.layouts, node.inputs.size());
    candidate.input_layouts[0] = from;
    candidate.in_place = 0;
    candidate.workspace_bytes = 0;
    costs.tensors[node.output].bytes[candidate.output_layout] = costs.tensors[node.inputs[0]].bytes[from];
    node.candidates.push_back(candidate);
  }
  costs.nodes.push_back(node);
}

inline void add_concat(CostTable& costs, Random& random, const Size& size) {
  NodeCosts node;
  node.inputs = random_inputs(costs, random, static_cast<int>(between(random, 2, 3)));
  std::vector<int64_t> bytes(size.layouts, 0);
  for (const int tensor : node.inputs) {
    for (int layout = 0; layout < size.layouts; ++layout) bytes[layout] += costs.tensors[tensor].bytes[layout];
  }
  node.output = add_tensor(costs, random, 1);
  costs.tensors[node.output].bytes = bytes;
  for (int layout = 0; layout < size.layouts; ++layout) {
    Candidate candidate = random_candidate(random, size.layouts, node.inputs.size());
    candidate.input_layouts.assign(node.inputs.size(), layout);
    candidate.output_layout = layout;
    candidate.workspace_bytes = 0;
    node.candidates.push_back(candidate);
    if (layout == 1 && size.layouts > 2) continue;
    candidate.copy_free = true;
    candidate.time_ns = 0;
    node.candidates.push_back(candidate);
  }
  costs.nodes.push_back(node);
}

inline void add_any(CostTable& costs, Random& random, const Size& size) {
  NodeCosts node;
  node.inputs = random_inputs(costs, random, chance(random, 75) ? 1 : 2);
  node.output = add_tensor(costs, random, between(random, 1, 20));
  const int64_t count = between(random, 1, size.candidates);
  for (int64_t index = 0; index < count; ++index) {
    node.candidates.push_back(random_candidate(random, size.layouts, node.inputs.size()));
  }
  costs.nodes.push_back(node);
}

/// Some nodes can be made by one call. None of them is made so in place or copy-free.
inline void add_siblings(CostTable& costs, Random& random, const Size& size) {
  SiblingCosts siblings{{}, static_cast<int>(between(random, 0, size.layouts - 1))};
  for (int node = 0; node < static_cast<int>(costs.nodes.size()); ++node) {
    if (siblings.nodes.size() < 3 && chance(random, 50)) siblings.nodes.push_back(node);
  }
  if (siblings.nodes.size() < 2) return;
  for (const int index : siblings.nodes) {
    NodeCosts& node = costs.nodes[index];
    Candidate candidate = random_candidate(random, size.layouts, node.inputs.size());
    candidate.output_layout = siblings.output_layout;
    candidate.siblings = static_cast<int>(costs.siblings.size());
    if (index != siblings.nodes.front()) candidate.time_ns = candidate.workspace_bytes = candidate.weight_bytes = 0;
    node.candidates.push_back(candidate);
  }
  costs.siblings.push_back(siblings);
}

/// Some conversions take two steps.
inline void compose_conversions(TensorCosts& tensor, Random& random, int layouts) {
  tensor.conversion_via.assign(layouts, std::vector<int>(layouts, -1));
  for (int from = 0; from < layouts; ++from) {
    for (int to = 0; to < layouts; ++to) {
      const int via = static_cast<int>(between(random, 0, layouts - 1));
      if (from != to && via != from && via != to && chance(random, 50)) tensor.conversion_via[from][to] = via;
    }
  }
}

/// Chains, branches, residual joins, concats with copy-free candidates, in-place nodes, siblings, several inputs and
/// outputs, tensors that nobody reads, missing conversions and composed ones.
inline CostTable random_graph(uint64_t seed, const Size& size = {}) {
  Random random(seed);
  CostTable costs = empty_table(size.layouts);
  const int64_t inputs = between(random, 1, 2);
  for (int64_t input = 0; input < inputs; ++input) {
    const int tensor = add_tensor(costs, random, between(random, 1, 20));
    costs.tensors[tensor].is_input = true;
    costs.tensors[tensor].fixed_layout = static_cast<int>(between(random, 0, size.layouts - 1));
  }
  for (int node = 0; node < size.nodes; ++node) {
    const int64_t kind = between(random, 1, 100);
    if (kind <= 30) {
      add_elementwise(costs, random, size);
    } else if (kind <= 55 && node > 1) {
      add_concat(costs, random, size);
    } else {
      add_any(costs, random, size);
    }
    costs.nodes.back().name = "node" + std::to_string(node);
  }
  for (TensorCosts& tensor : costs.tensors) {
    const bool last = &tensor == &costs.tensors.back();
    if (!last && !chance(random, 12)) continue;
    tensor.is_output = true;
    if (!tensor.is_input) tensor.fixed_layout = static_cast<int>(between(random, 0, size.layouts - 1));
  }
  for (TensorCosts& tensor : costs.tensors) compose_conversions(tensor, random, size.layouts);
  for (int group = 0; group < 2; ++group) {
    if (chance(random, 40)) add_siblings(costs, random, size);
  }
  return costs;
}

/// A whole network with three layouts and measured-looking prices.
class Network {
 public:
  explicit Network(uint64_t seed) : costs_(empty_table(3)), random_(seed) {}

  int input(int64_t channels, int64_t extent) {
    const int tensor = map(channels, extent);
    costs_.tensors[tensor].is_input = true;
    return tensor;
  }

  /// A convolution with 10 to 25 candidates over all layouts; with a residual, also in place.
  int conv(int from, int64_t in_channels, int64_t channels, int64_t extent, int64_t kernel, int residual = -1) {
    NodeCosts& node = next_node("conv", residual < 0 ? std::vector<int>{from} : std::vector<int>{from, residual});
    const double work = static_cast<double>(in_channels * channels * extent * extent * kernel * kernel);
    const int64_t patches = 4 * in_channels * kernel * kernel * extent * extent;
    const int64_t count = between(random_, 10, 25);
    for (int64_t index = 0; index < count; ++index) {
      Candidate candidate;
      candidate.input_layouts = {static_cast<int>(index % 3)};
      candidate.output_layout =
          index < 6 || chance(random_, 70) ? candidate.input_layouts[0] : static_cast<int>(between(random_, 0, 2));
      if (residual >= 0) candidate.input_layouts.push_back(candidate.output_layout);
      const double speed = 2.0 + static_cast<double>(between(random_, 0, 1000)) / 10;
      candidate.time_ns = static_cast<int64_t>(work / speed) + 500;
      const int64_t share = index < 3 ? 0 : between(random_, 0, 16);
      candidate.workspace_bytes = patches * share / 16 / 64 * 64;
      candidate.weight_bytes = in_channels * channels * kernel * kernel * between(random_, 4, 10) / 64 * 64;
      node.candidates.push_back(candidate);
      if (residual < 0 || index % 2 == 0) continue;
      candidate.in_place = 1;
      node.candidates.push_back(candidate);
    }
    return finish(node, channels, extent);
  }

  int pool(int from, int64_t channels, int64_t extent) {
    NodeCosts& node = next_node("pool", {from});
    for (int layout = 0; layout < 3; ++layout) {
      Candidate candidate;
      candidate.input_layouts = {layout};
      candidate.output_layout = layout;
      candidate.time_ns = channels * extent * extent * between(random_, 2, 8) / 4;
      node.candidates.push_back(candidate);
    }
    return finish(node, channels, extent);
  }

  int concat(const std::vector<int>& from, int64_t channels, int64_t extent) {
    NodeCosts& node = next_node("concat", from);
    for (int layout = 0; layout < 3; ++layout) {
      Candidate candidate;
      candidate.input_layouts.assign(from.size(), layout);
      candidate.output_layout = layout;
      candidate.time_ns = channels * extent * extent / 2;
      node.candidates.push_back(candidate);
      if (layout == 1) continue;
      candidate.copy_free = true;
      candidate.time_ns = 0;
      node.candidates.push_back(candidate);
    }
    return finish(node, channels, extent);
  }

  CostTable table(int output) {
    costs_.tensors[output].is_output = true;
    return std::move(costs_);
  }

 private:
  int map(int64_t channels, int64_t extent) {
    const int tensor = add_tensor(costs_, random_, 1);
    TensorCosts& costs = costs_.tensors[tensor];
    const int64_t floats = channels * extent * extent;
    const auto aligned = [](int64_t count) { return (count * 4 + 63) / 64 * 64; };
    costs.bytes = {aligned(floats), aligned(floats), aligned((channels + 15) / 16 * 16 * extent * extent)};
    for (auto& row : costs.conversion_ns) {
      for (int64_t& time : row) time = floats * between(random_, 4, 12) / 8 + 300;
    }
    for (int layout = 0; layout < 3; ++layout) costs.conversion_ns[layout][layout] = 0;
    return tensor;
  }

  NodeCosts& next_node(const std::string& kind, const std::vector<int>& from) {
    NodeCosts& node = costs_.nodes.emplace_back();
    node.name = kind + std::to_string(costs_.nodes.size());
    node.inputs = from;
    return node;
  }

  int finish(NodeCosts& node, int64_t channels, int64_t extent) {
    node.output = map(channels, extent);
    return node.output;
  }

  CostTable costs_;
  Random random_;
};

/// 9 inception modules of 4 branches, as in GoogLeNet.
inline CostTable googlenet_like(uint64_t seed) {
  Network network(seed);
  int map = network.input(3, 224);
  map = network.conv(map, 3, 64, 112, 7);
  map = network.pool(map, 64, 56);
  map = network.conv(map, 64, 64, 56, 1);
  map = network.conv(map, 64, 192, 56, 3);
  int64_t channels = 192, extent = 28;
  map = network.pool(map, channels, extent);
  for (int module = 0; module < 9; ++module) {
    if (module == 2 || module == 7) map = network.pool(map, channels, extent /= 2);
    const int64_t c1 = 64 + 32 * module, c3 = 128 + 32 * module, c5 = 32 + 8 * module, cp = 32 + 8 * module;
    const int one = network.conv(map, channels, c1, extent, 1);
    const int three = network.conv(network.conv(map, channels, c3 / 2, extent, 1), c3 / 2, c3, extent, 3);
    const int five = network.conv(network.conv(map, channels, c5 / 4, extent, 1), c5 / 4, c5, extent, 5);
    const int pooled = network.conv(network.pool(map, channels, extent), channels, cp, extent, 1);
    channels = c1 + c3 + c5 + cp;
    map = network.concat({one, three, five, pooled}, channels, extent);
  }
  map = network.pool(map, channels, 1);
  return network.table(network.conv(map, channels, 1000, 1, 1));
}

/// 16 bottleneck blocks, as in ResNet-50.
inline CostTable resnet50_like(uint64_t seed) {
  Network network(seed);
  int map = network.input(3, 224);
  map = network.pool(network.conv(map, 3, 64, 112, 7), 64, 56);
  int64_t channels = 64, extent = 56;
  const int blocks[] = {3, 4, 6, 3};
  for (int stage = 0; stage < 4; ++stage) {
    const int64_t width = 64 << stage;
    for (int block = 0; block < blocks[stage]; ++block) {
      if (stage > 0 && block == 0) extent /= 2;
      int inner = network.conv(map, channels, width, extent * (stage > 0 && block == 0 ? 2 : 1), 1);
      inner = network.conv(inner, width, width, extent, 3);
      const int shortcut = block == 0 ? network.conv(map, channels, 4 * width, extent, 1) : map;
      map = network.conv(inner, width, 4 * width, extent, 1, shortcut);
      channels = 4 * width;
    }
  }
  map = network.pool(map, channels, 1);
  return network.table(network.conv(map, channels, 1000, 1, 1));
}

/// Every choice that is valid, with its evaluation: exhaustive search.
inline std::vector<Selection> all_choices(const CostTable& costs) {
  std::vector<Selection> result;
  std::vector<int> choice(costs.nodes.size(), 0);
  for (;;) {
    Selection selection;
    selection.choice = choice;
    selection.evaluation = evaluate(costs, choice);
    if (selection.evaluation.valid) result.push_back(selection);
    size_t node = 0;
    while (node < choice.size() && ++choice[node] == static_cast<int>(costs.nodes[node].candidates.size())) {
      choice[node++] = 0;
    }
    if (node == choice.size()) return result;
  }
}

}  // namespace snug::random_costs
