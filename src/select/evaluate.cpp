// The definition of what a choice costs, in integers. Everything else in select/ must agree with it, and so
// must the buffers that scheduling makes from a selection.
//
// Tensors. A tensor lies in the output layout of the candidate that produces it, an input of the network in
// its fixed_layout. It is alive from its producer's step (an input: from the start) to the last step that
// needs it; outputs of the network live to the end; a tensor that nobody reads dies right after its producer
// (such an input of the network: after step 0).
//
// Conversions. Node j reads slot k in candidate.input_layouts[k]. Where the tensor lies in another layout, a
// copy is made before j runs; every (node, slot) has a copy of its own, alive until j has run. Conversions of
// a node run one after another in the order of its slots. While the conversion of slot k runs, these are
// alive (the map between the steps of a composed conversion, too):
//   - every tensor produced before j and needed by j or later, except those whose last reader is j and whose
//   slots at
//     j all lie before k and are all converted;
//   - the copies of slots before k, and the copy being made.
//
// While j runs, these are alive:
//   - every tensor produced before j that is needed later or that j reads unconverted, each once;
//   - the copies of all converted slots; the workspace; and the output, unless it is in place.
//
// In place (candidate.in_place = k). The output takes over the memory of slot k. Valid only if both have the same
// number of bytes in their layouts, and the slot is a converted copy, or the
// tensor dies at j (last reader, no output of the network), stands in no other slot of j, and lies in no
// copy-free concat's buffer.
//
// Copy-free concat (candidate.copy_free, no call). Its inputs occupy no memory of their own: they lie inside
// the buffer of the output, which is alive from the step of the first producer on (while that producer runs,
// but not while its inputs are converted) until the output dies. Valid only if every input
//   - is produced in the output's layout, by a candidate that is neither in place nor itself copy-free;
//   - is made when its own node runs, not before by a sibling's call;
//   - is no input or output of the network, stands in one slot only, and lies in no other copy-free concat;
//   - is read by no node after the concat unless the output is needed for longer still.
//
// Siblings (candidate.siblings). The call of a group's first node makes the outputs of all its nodes; those of the
// others are alive from then on, wherever their nodes stand, which do nothing. Valid only if all nodes of the group
// take a candidate of it, whose outputs lie in the group's layout.
//
// The end. After the last node, outputs that do not lie in their fixed_layout are converted one after another
// in the order of tensors. An original dies once it is converted; the copies stay.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "select/lifetimes.h"
#include "select/selection.h"

namespace snug {
namespace {

/// A choice, spelled out: layout of every tensor, and the copy-free concat whose buffer holds it (or -1).
struct Arrangement {
  std::vector<const Candidate*> candidates;
  std::vector<int> layout, container;
  std::vector<int> copy_free;  ///< nodes, in order
};

Arrangement arrange(const CostTable& costs, const std::vector<int>& choice) {
  Arrangement result;
  CHECK(choice.size() == costs.nodes.size(), "one candidate per node");
  result.layout.resize(costs.tensors.size());
  result.container.assign(costs.tensors.size(), -1);
  for (size_t tensor = 0; tensor < costs.tensors.size(); ++tensor) {
    result.layout[tensor] = costs.tensors[tensor].fixed_layout;
  }
  for (size_t node = 0; node < choice.size(); ++node) {
    const Candidate& candidate = costs.nodes[node].candidates.at(choice[node]);
    result.candidates.push_back(&candidate);
    result.layout[costs.nodes[node].output] = candidate.output_layout;
    if (!candidate.copy_free) continue;
    result.copy_free.push_back(static_cast<int>(node));
    for (const int tensor : costs.nodes[node].inputs) result.container[tensor] = static_cast<int>(node);
  }
  return result;
}

bool converted(const CostTable& costs, const Arrangement& arrangement, int node, int slot) {
  const int tensor = costs.nodes[node].inputs[slot];
  return arrangement.layout[tensor] != arrangement.candidates[node]->input_layouts[slot];
}

std::string copy_free_fault(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement,
                            int node) {
  for (const int tensor : costs.nodes[node].inputs) {
    const std::string& name = costs.tensors[tensor].name;
    const Candidate& producer = *arrangement.candidates[lifetimes.of[tensor].producer];
    if (producer.output_layout != arrangement.candidates[node]->output_layout) {
      return name + " is produced in another layout";
    }
    if (producer.in_place >= 0) return name + " is produced in place";
    if (producer.copy_free) return name + " is itself a copy-free concat";
    if (made_by_sibling(costs, lifetimes.of[tensor].producer, producer.siblings))
      return name + " is made before its siblings";
    if (arrangement.container[tensor] != node) return name + " lies in another copy-free concat";
  }
  return {};
}

std::string siblings_fault(const CostTable& costs, const Arrangement& arrangement, int node) {
  const int group = arrangement.candidates[node]->siblings;
  for (const int other : costs.siblings[group].nodes) {
    if (arrangement.candidates[other]->siblings == group) continue;
    return "made by one call with its siblings, but " + costs.nodes[other].name + " has one of its own";
  }
  return {};
}

std::string fault_at(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement, int node) {
  const Candidate& candidate = *arrangement.candidates[node];
  std::string fault = impossible(costs, lifetimes, node, candidate);
  if (!fault.empty()) return fault;
  for (size_t slot = 0; slot < candidate.input_layouts.size(); ++slot) {
    const int tensor = costs.nodes[node].inputs[slot];
    const int from = arrangement.layout[tensor], to = candidate.input_layouts[slot];
    if (costs.tensors[tensor].conversion_ns[from][to] < 0) {
      return fmt::format("{} cannot be converted from {} to {}", costs.tensors[tensor].name, costs.layouts[from],
                         costs.layouts[to]);
    }
  }
  if (candidate.siblings >= 0) return siblings_fault(costs, arrangement, node);
  if (candidate.copy_free) return copy_free_fault(costs, lifetimes, arrangement, node);
  if (candidate.in_place >= 0 && !converted(costs, arrangement, node, candidate.in_place)) {
    const int tensor = costs.nodes[node].inputs[candidate.in_place];
    const std::string& name = costs.tensors[tensor].name;
    if (!takes_over(costs, lifetimes, node, candidate.in_place)) return "in place, but " + name + " is still needed";
    if (arrangement.container[tensor] >= 0) return "in place, but " + name + " lies in a copy-free concat";
  }
  return {};
}

int64_t copy_bytes(const CostTable& costs, const Arrangement& arrangement, int node, int slot) {
  if (!converted(costs, arrangement, node, slot)) return 0;
  return costs.tensors[costs.nodes[node].inputs[slot]].bytes[arrangement.candidates[node]->input_layouts[slot]];
}

/// Whether `node` still needs the tensor itself once all its slots before `slot` are converted.
bool needed(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement, int tensor, int node,
            int slot) {
  if (lifetimes.of[tensor].last > node) return true;
  const std::vector<int>& inputs = costs.nodes[node].inputs;
  bool read = false;
  for (int other = 0; other < static_cast<int>(inputs.size()); ++other) {
    if (inputs[other] != tensor) continue;
    read = true;
    if (other >= slot || !converted(costs, arrangement, node, other)) return true;
  }
  return !read;
}

int64_t tensor_bytes(const CostTable& costs, const Arrangement& arrangement, int tensor) {
  return costs.tensors[tensor].bytes[arrangement.layout[tensor]];
}

/// Buffers of copy-free concats that began before this node and whose concat has not run yet; what siblings have made
/// of this node's output and later ones'.
int64_t open_buffer_bytes(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement,
                          int node) {
  int64_t bytes = 0;
  for (const int concat : arrangement.copy_free) {
    if (concat < node || lifetimes.first_producer[concat] >= node) continue;
    bytes += tensor_bytes(costs, arrangement, costs.nodes[concat].output);
  }
  for (size_t group = 0; group < costs.siblings.size(); ++group) {
    for (const int sibling : made_before(costs.siblings[group], node)) {
      if (arrangement.candidates[sibling]->siblings != static_cast<int>(group)) continue;
      bytes += tensor_bytes(costs, arrangement, costs.nodes[sibling].output);
    }
  }
  return bytes;
}

int64_t own_output_bytes(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement, int node) {
  const Candidate& candidate = *arrangement.candidates[node];
  if (candidate.in_place >= 0 || candidate.copy_free || made_by_sibling(costs, node, candidate.siblings)) return 0;
  const int output = costs.nodes[node].output;
  const int container = arrangement.container[output];
  if (container < 0) return tensor_bytes(costs, arrangement, output);
  const bool begins = lifetimes.first_producer[container] == node;
  return begins ? tensor_bytes(costs, arrangement, costs.nodes[container].output) : 0;
}

/// Of all outputs that the node's call makes.
int64_t output_bytes(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement, int node) {
  int64_t bytes = own_output_bytes(costs, lifetimes, arrangement, node);
  const int group = arrangement.candidates[node]->siblings;
  if (group < 0 || made_by_sibling(costs, node, group)) return bytes;
  for (const int sibling : made_before(costs.siblings[group], node + 1)) {
    bytes += tensor_bytes(costs, arrangement, costs.nodes[sibling].output);
  }
  return bytes;
}

/// Live bytes while a node runs, and the most while its inputs are converted before.
struct NodeBytes {
  int64_t running = 0, converting = 0;
  int64_t peak() const { return std::max(running, converting); }
};

NodeBytes node_bytes(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement, int node) {
  int64_t live = open_buffer_bytes(costs, lifetimes, arrangement, node);
  for (const int tensor : lifetimes.live[node]) {
    if (arrangement.container[tensor] < 0) live += tensor_bytes(costs, arrangement, tensor);
  }
  NodeBytes bytes;
  for (int slot = 0; slot < static_cast<int>(costs.nodes[node].inputs.size()); ++slot) {
    const int64_t copy = copy_bytes(costs, arrangement, node, slot);
    if (copy == 0) continue;
    const int tensor = costs.nodes[node].inputs[slot];
    const int64_t between = bytes_between(costs.tensors[tensor], arrangement.layout[tensor],
                                          arrangement.candidates[node]->input_layouts[slot]);
    bytes.converting = std::max(bytes.converting, live + copy + between);
    live += copy;
    const bool dies =
        arrangement.container[tensor] < 0 && !needed(costs, lifetimes, arrangement, tensor, node, slot + 1);
    if (dies) live -= tensor_bytes(costs, arrangement, tensor);
  }
  bytes.running =
      live + arrangement.candidates[node]->workspace_bytes + output_bytes(costs, lifetimes, arrangement, node);
  return bytes;
}

int64_t end_peak(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement) {
  const std::vector<int>& outputs = lifetimes.live.back();
  int64_t live = 0;
  for (const int tensor : outputs) live += tensor_bytes(costs, arrangement, tensor);
  int64_t peak = live;
  for (const int tensor : outputs) {
    const TensorCosts& output = costs.tensors[tensor];
    if (arrangement.layout[tensor] == output.fixed_layout) continue;
    const int64_t between = bytes_between(output, arrangement.layout[tensor], output.fixed_layout);
    peak = std::max(peak, live + output.bytes[output.fixed_layout] + between);
    live += output.bytes[output.fixed_layout] - tensor_bytes(costs, arrangement, tensor);
  }
  return peak;
}

int64_t time_of(const CostTable& costs, const Lifetimes& lifetimes, const Arrangement& arrangement) {
  int64_t time_ns = 0;
  for (size_t node = 0; node < costs.nodes.size(); ++node) {
    const Candidate& candidate = *arrangement.candidates[node];
    time_ns += candidate.time_ns;
    for (size_t slot = 0; slot < candidate.input_layouts.size(); ++slot) {
      const int tensor = costs.nodes[node].inputs[slot];
      time_ns += costs.tensors[tensor].conversion_ns[arrangement.layout[tensor]][candidate.input_layouts[slot]];
    }
  }
  for (const int tensor : lifetimes.live.back()) {
    time_ns += costs.tensors[tensor].conversion_ns[arrangement.layout[tensor]][costs.tensors[tensor].fixed_layout];
  }
  return time_ns;
}

}  // namespace

std::optional<Fault> find_fault(const CostTable& costs, const Lifetimes& lifetimes, const std::vector<int>& choice) {
  const Arrangement arrangement = arrange(costs, choice);
  for (int node = 0; node < static_cast<int>(costs.nodes.size()); ++node) {
    std::string text = fault_at(costs, lifetimes, arrangement, node);
    if (!text.empty()) return Fault{node, costs.nodes[node].name + ": " + text};
  }
  return std::nullopt;
}

Evaluation evaluate(const CostTable& costs, const std::vector<int>& choice) {
  return evaluate(costs, lifetimes_of(costs), choice);
}

Evaluation evaluate(const CostTable& costs, const Lifetimes& lifetimes, const std::vector<int>& choice) {
  Evaluation result;
  if (const std::optional<Fault> fault = find_fault(costs, lifetimes, choice)) {
    result.valid = false;
    result.fault = fault->text;
    return result;
  }
  const Arrangement arrangement = arrange(costs, choice);
  const int steps = static_cast<int>(costs.nodes.size());
  for (int node = 0; node < steps; ++node) {
    result.node_peak_bytes.push_back(node_bytes(costs, lifetimes, arrangement, node).peak());
    result.flash_bytes += arrangement.candidates[node]->weight_bytes;
  }
  result.node_peak_bytes.push_back(end_peak(costs, lifetimes, arrangement));
  const auto peak = std::ranges::max_element(result.node_peak_bytes);
  result.peak_bytes = *peak;
  result.peak_node = static_cast<int>(peak - result.node_peak_bytes.begin());
  result.time_ns = time_of(costs, lifetimes, arrangement);
  return result;
}

PeakParts peak_parts(const CostTable& costs, const std::vector<int>& choice, int node) {
  const Lifetimes lifetimes = lifetimes_of(costs);
  const Arrangement arrangement = arrange(costs, choice);
  PeakParts parts;
  if (node == static_cast<int>(costs.nodes.size())) {
    parts.converting = true;
    parts.others = end_peak(costs, lifetimes, arrangement);
    return parts;
  }
  const NodeBytes bytes = node_bytes(costs, lifetimes, arrangement, node);
  const int64_t run = bytes.running, peak = bytes.peak();
  std::vector<int> counted;
  for (int slot = 0; slot < static_cast<int>(costs.nodes[node].inputs.size()); ++slot) {
    const int tensor = costs.nodes[node].inputs[slot];
    parts.inputs += copy_bytes(costs, arrangement, node, slot);
    const bool held = arrangement.container[tensor] < 0 && std::ranges::count(counted, tensor) == 0;
    const bool read = !converted(costs, arrangement, node, slot);
    if (held && (read || peak > run)) {
      parts.inputs += tensor_bytes(costs, arrangement, tensor);
      counted.push_back(tensor);
    }
  }
  parts.converting = peak > run;
  parts.inputs = std::min(parts.inputs, peak);
  if (!parts.converting) {
    parts.workspace = arrangement.candidates[node]->workspace_bytes;
    parts.output = output_bytes(costs, lifetimes, arrangement, node);
  }
  parts.others = peak - parts.inputs - parts.output - parts.workspace;
  return parts;
}

}  // namespace snug
