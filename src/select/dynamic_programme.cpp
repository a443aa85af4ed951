// States are the layouts of the tensors that are alive between two nodes, in which copy-free concat's buffer
// each of them lies, and which groups of siblings one call has made; a state's value is the least time that leads to
// it, then the least peak. What a node's step holds follows from the state before it and the node's own choice, so the
// programme is exact; its cost grows with the layouts to the power of the number of live tensors.
#include "select/dynamic_programme.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "select/prefilter.h"

namespace snug {
namespace {

/// A candidate reduced to what differs between those with the same layouts.
struct Option {
  int64_t time_ns = 0, workspace_bytes = 0;
  int candidate = 0;
};

/// Candidates of a node that agree in what they leave behind; fastest first, each next one smaller.
struct OutputForm {
  int layout = 0, in_place = -1, siblings = -1;
  bool copy_free = false;
  std::vector<Option> options;
};

/// Forms of a node that agree in the layouts they read.
struct InputForm {
  std::vector<int> layouts;
  std::vector<OutputForm> outputs;
};

struct Step {
  std::vector<InputForm> forms;
  std::vector<int> concats;         ///< copy-free concats that may have begun before this node and end here or later
  std::vector<int> output_concats;  ///< copy-free concats that may hold this node's output
  std::vector<int> next;  ///< per tensor live after this node: its place in the state before, or -1: the output
};

/// A copy-free concat that may be chosen.
struct Concat {
  int first = 0, first_tensor = 0;  ///< producer of its first input, and that input
  std::vector<bool> layouts;        ///< in which it is to be had
};

struct State {
  int64_t time_ns = 0, peak_bytes = 0;
  int parent = -1, candidate = -1;
};

struct Layer {
  std::vector<State> states;
  std::vector<std::string>
      keys;  ///< one byte per live tensor: layout + layouts · (1 + ordinal of the concat that holds it); one per group
             ///< of siblings that has begun: whether one call has made them
  std::unordered_map<std::string, int> index;
};

/// The state at hand, spelled out per tensor and per group of siblings.
struct Spelled {
  std::vector<int> layout, concat;
  std::vector<bool> made;
};

struct Problem {
  const CostTable& costs;
  Lifetimes lifetimes;
  int64_t ram_bytes;
  Minimize minimize;
  std::vector<Step> steps;
  std::map<int, Concat> concats;
  std::vector<std::vector<int>> concats_of;  ///< per tensor
  std::vector<std::vector<int>> groups;      ///< before every node: of siblings that have begun and end here or later
};

void add_option(OutputForm& form, const Candidate& candidate, int index) {
  form.options.push_back({candidate.time_ns, candidate.workspace_bytes, index});
}

std::vector<InputForm> forms_of(const NodeCosts& node, const std::vector<int>& kept) {
  std::map<std::vector<int>, std::map<std::array<int, 4>, OutputForm>> groups;
  for (const int index : kept) {
    const Candidate& candidate = node.candidates[index];
    const std::array<int, 4> key{candidate.output_layout, candidate.in_place, candidate.copy_free ? 1 : 0,
                                 candidate.siblings};
    OutputForm& form = groups[candidate.input_layouts][key];
    form.layout = candidate.output_layout;
    form.in_place = candidate.in_place;
    form.copy_free = candidate.copy_free;
    form.siblings = candidate.siblings;
    add_option(form, candidate, index);
  }
  std::vector<InputForm> forms;
  for (auto& [layouts, outputs] : groups) {
    InputForm& form = forms.emplace_back(InputForm{layouts, {}});
    for (auto& [key, output] : outputs) {
      std::ranges::stable_sort(output.options, {},
                               [](const Option& o) { return std::pair(o.time_ns, o.workspace_bytes); });
      form.outputs.push_back(std::move(output));
    }
  }
  return forms;
}

void find_concats(Problem& problem, const std::vector<std::vector<int>>& kept) {
  const CostTable& costs = problem.costs;
  for (int node = 0; node < static_cast<int>(costs.nodes.size()); ++node) {
    for (const int index : kept[node]) {
      const Candidate& candidate = costs.nodes[node].candidates[index];
      if (!candidate.copy_free) continue;
      Concat& concat = problem.concats[node];
      concat.layouts.resize(costs.layouts.size());
      concat.layouts[candidate.output_layout] = true;
    }
  }
  for (auto& [node, concat] : problem.concats) {
    concat.first = problem.lifetimes.first_producer[node];
    concat.first_tensor = costs.nodes[concat.first].output;
    for (const int tensor : costs.nodes[node].inputs) problem.concats_of[tensor].push_back(node);
  }
}

/// Groups of siblings that have begun before a node and end there or later.
std::vector<int> open_groups(const CostTable& costs, int node) {
  std::vector<int> result;
  for (int group = 0; group < static_cast<int>(costs.siblings.size()); ++group) {
    if (!made_before(costs.siblings[group], node).empty()) result.push_back(group);
  }
  return result;
}

Problem make_problem(const CostTable& costs, int64_t ram_bytes, Minimize minimize) {
  Problem problem{costs, lifetimes_of(costs), ram_bytes, minimize, {}, {}, {}, {}};
  Limits limits;
  limits.ram_bytes = ram_bytes;
  const std::vector<std::vector<int>> kept = useful_candidates(costs, problem.lifetimes, limits);
  problem.concats_of.resize(costs.tensors.size());
  find_concats(problem, kept);
  for (int node = 0; node < static_cast<int>(costs.nodes.size()); ++node) {
    Step& step = problem.steps.emplace_back();
    step.forms = forms_of(costs.nodes[node], kept[node]);
    problem.groups.push_back(open_groups(costs, node));
    step.output_concats = problem.concats_of[costs.nodes[node].output];
    for (const auto& [concat, facts] : problem.concats) {
      if (facts.first < node && node <= concat) step.concats.push_back(concat);
    }
    const std::vector<int>& before = problem.lifetimes.live[node];
    for (const int tensor : problem.lifetimes.live[node + 1]) {
      const auto place = std::ranges::find(before, tensor);
      step.next.push_back(place == before.end() ? -1 : static_cast<int>(place - before.begin()));
    }
  }
  problem.groups.emplace_back();
  return problem;
}

/// Bytes of memory of its own that a live tensor occupies.
int64_t own_bytes(const Problem& problem, const Spelled& state, int tensor) {
  return state.concat[tensor] >= 0 ? 0 : problem.costs.tensors[tensor].bytes[state.layout[tensor]];
}

bool pending(const Problem& problem, const Spelled& state, int concat) {
  return state.concat[problem.concats.at(concat).first_tensor] == concat;
}

/// What a group's call makes of the outputs of `node` and later ones.
int64_t made_bytes(const Problem& problem, int group, int node) {
  const SiblingCosts& siblings = problem.costs.siblings[group];
  int64_t bytes = 0;
  for (const int sibling : made_before(siblings, node)) {
    bytes += problem.costs.tensors[problem.costs.nodes[sibling].output].bytes[siblings.output_layout];
  }
  return bytes;
}

/// What reading the inputs in these layouts costs, and what is alive when the node runs (its workspace and
/// output apart).
struct Reading {
  int64_t time_ns = 0, peak_bytes = 0, run_bytes = 0;
};

/// Whether the original is needed once the node's slots before `slot` are converted.
bool still_needed(const Problem& problem, const Spelled& state, int node, const std::vector<int>& layouts, int tensor,
                  int slot) {
  if (problem.lifetimes.of[tensor].last > node) return true;
  const std::vector<int>& inputs = problem.costs.nodes[node].inputs;
  bool read = false;
  for (int other = 0; other < static_cast<int>(inputs.size()); ++other) {
    if (inputs[other] != tensor) continue;
    read = true;
    if (other >= slot || layouts[other] == state.layout[tensor]) return true;
  }
  return !read;
}

std::optional<Reading> read_inputs(const Problem& problem, const Spelled& state, int node,
                                   const std::vector<int>& layouts) {
  const CostTable& costs = problem.costs;
  const std::vector<int>& inputs = costs.nodes[node].inputs;
  int64_t buffers = 0, copies = 0;
  for (const int concat : problem.steps[node].concats) {
    if (!pending(problem, state, concat)) continue;
    const int layout = state.layout[problem.concats.at(concat).first_tensor];
    buffers += costs.tensors[costs.nodes[concat].output].bytes[layout];
  }
  for (const int group : problem.groups[node]) {
    if (state.made[group]) buffers += made_bytes(problem, group, node);
  }
  const auto originals = [&](int slot) {
    int64_t bytes = 0;
    for (const int tensor : problem.lifetimes.live[node]) {
      if (still_needed(problem, state, node, layouts, tensor, slot)) bytes += own_bytes(problem, state, tensor);
    }
    return bytes;
  };
  Reading reading;
  for (int slot = 0; slot < static_cast<int>(inputs.size()); ++slot) {
    const TensorCosts& tensor = costs.tensors[inputs[slot]];
    const int from = state.layout[inputs[slot]], to = layouts[slot];
    if (from == to) continue;
    if (tensor.conversion_ns[from][to] < 0) return std::nullopt;
    reading.time_ns += tensor.conversion_ns[from][to];
    copies += tensor.bytes[to];
    reading.peak_bytes =
        std::max(reading.peak_bytes, buffers + originals(slot) + copies + bytes_between(tensor, from, to));
  }
  reading.run_bytes = buffers + originals(static_cast<int>(inputs.size())) + copies;
  if (reading.peak_bytes > problem.ram_bytes) return std::nullopt;
  return reading;
}

bool in_place_holds(const Problem& problem, const Spelled& state, int node, int slot, const std::vector<int>& layouts) {
  const int tensor = problem.costs.nodes[node].inputs[slot];
  if (state.layout[tensor] != layouts[slot]) return true;
  return takes_over(problem.costs, problem.lifetimes, node, slot) && state.concat[tensor] < 0;
}

/// In which copy-free concats this output may lie: -1 stands for none.
std::vector<int> concats_for_output(const Problem& problem, const Spelled& state, int node, const OutputForm& form) {
  std::vector<int> claimed, begun;
  const bool can_lie = form.in_place < 0 && !form.copy_free && !made_by_sibling(problem.costs, node, form.siblings);
  for (const int concat : problem.steps[node].output_concats) {
    const Concat& facts = problem.concats.at(concat);
    if (facts.first == node) {
      if (can_lie && facts.layouts[form.layout]) begun.push_back(concat);
    } else if (pending(problem, state, concat)) {
      if (!can_lie || state.layout[facts.first_tensor] != form.layout) return {};
      claimed.push_back(concat);
    }
  }
  if (claimed.size() > 1) return {};
  if (claimed.size() == 1) return claimed;
  begun.push_back(-1);
  return begun;
}

int64_t own_output_bytes(const Problem& problem, int node, const OutputForm& form, int concat) {
  if (form.in_place >= 0 || form.copy_free || made_by_sibling(problem.costs, node, form.siblings)) return 0;
  if (concat < 0) return problem.costs.tensors[problem.costs.nodes[node].output].bytes[form.layout];
  if (problem.concats.at(concat).first != node) return 0;
  return problem.costs.tensors[problem.costs.nodes[concat].output].bytes[form.layout];
}

/// Of all outputs that the node's call makes.
int64_t output_bytes(const Problem& problem, int node, const OutputForm& form, int concat) {
  const bool makes_all = form.siblings >= 0 && !made_by_sibling(problem.costs, node, form.siblings);
  const int64_t others = makes_all ? made_bytes(problem, form.siblings, node + 1) : 0;
  return own_output_bytes(problem, node, form, concat) + others;
}

/// Whether the form is there where an earlier call has made the node's output, and only there.
bool siblings_agree(const Problem& problem, const Spelled& state, int node, const OutputForm& form) {
  return std::ranges::all_of(problem.groups[node], [&](int group) {
    const bool belongs = std::ranges::count(problem.costs.siblings[group].nodes, node) > 0;
    return !belongs || state.made[group] == (form.siblings == group);
  });
}

/// The best option whose workspace fits into `space`: the fastest, or for least RAM the smallest.
const Option* best_option(const OutputForm& form, int64_t space, Minimize minimize) {
  const Option* best = nullptr;
  for (const Option& option : form.options) {
    if (option.workspace_bytes > space) continue;
    if (minimize == Minimize::kTime) return &option;
    if (best == nullptr || option.workspace_bytes < best->workspace_bytes) best = &option;
  }
  return best;
}

bool better(const State& a, const State& b, Minimize minimize) {
  if (minimize == Minimize::kRam) return std::pair(a.peak_bytes, a.time_ns) < std::pair(b.peak_bytes, b.time_ns);
  return std::pair(a.time_ns, a.peak_bytes) < std::pair(b.time_ns, b.peak_bytes);
}

void reach(Layer& layer, std::string key, const State& state, Minimize minimize) {
  const auto [place, inserted] = layer.index.emplace(key, static_cast<int>(layer.states.size()));
  if (inserted) {
    layer.states.push_back(state);
    layer.keys.push_back(std::move(key));
  } else if (better(state, layer.states[place->second], minimize)) {
    layer.states[place->second] = state;
  }
}

char code(const Problem& problem, int tensor, int layout, int concat) {
  int ordinal = 0;
  if (concat >= 0) {
    const std::vector<int>& concats = problem.concats_of[tensor];
    ordinal = 1 + static_cast<int>(std::ranges::find(concats, concat) - concats.begin());
  }
  return static_cast<char>(layout + static_cast<int>(problem.costs.layouts.size()) * ordinal);
}

void spell(const Problem& problem, int step, const std::string& key, Spelled& state) {
  const std::vector<int>& live = problem.lifetimes.live[step];
  const int layouts = static_cast<int>(problem.costs.layouts.size());
  for (size_t place = 0; place < live.size(); ++place) {
    const int value = static_cast<unsigned char>(key[place]);
    state.layout[live[place]] = value % layouts;
    state.concat[live[place]] = value / layouts == 0 ? -1 : problem.concats_of[live[place]][value / layouts - 1];
  }
  const std::vector<int>& groups = problem.groups[step];
  for (size_t place = 0; place < groups.size(); ++place) state.made[groups[place]] = key[live.size() + place] != 0;
}

std::string next_key(const Problem& problem, int node, const std::string& key, const Spelled& state,
                     const OutputForm& form, int concat) {
  std::string result;
  for (const int place : problem.steps[node].next) {
    result += place >= 0 ? key[place] : code(problem, problem.costs.nodes[node].output, form.layout, concat);
  }
  for (const int group : problem.groups[node + 1]) {
    const bool begins = problem.costs.siblings[group].nodes.front() == node;
    result += static_cast<char>(begins ? form.siblings == group : state.made[group]);
  }
  return result;
}

/// Extends one state by every form of the node.
void extend(const Problem& problem, int node, const Layer& layer, int parent, const Spelled& spelled, Layer& next) {
  const State& state = layer.states[parent];
  for (const InputForm& input : problem.steps[node].forms) {
    const std::optional<Reading> reading = read_inputs(problem, spelled, node, input.layouts);
    if (!reading) continue;
    for (const OutputForm& form : input.outputs) {
      const bool concat_pending = problem.concats.contains(node) && pending(problem, spelled, node);
      if (form.copy_free != concat_pending) continue;
      if (!siblings_agree(problem, spelled, node, form)) continue;
      if (form.copy_free && spelled.layout[problem.concats.at(node).first_tensor] != form.layout) continue;
      if (form.in_place >= 0 && !in_place_holds(problem, spelled, node, form.in_place, input.layouts)) continue;
      for (const int concat : concats_for_output(problem, spelled, node, form)) {
        const int64_t held = reading->run_bytes + output_bytes(problem, node, form, concat);
        const Option* option = best_option(form, problem.ram_bytes - held, problem.minimize);
        if (option == nullptr) continue;
        const int64_t peak = std::max({state.peak_bytes, reading->peak_bytes, held + option->workspace_bytes});
        reach(next, next_key(problem, node, layer.keys[parent], spelled, form, concat),
              {state.time_ns + reading->time_ns + option->time_ns, peak, parent, option->candidate}, problem.minimize);
      }
    }
  }
}

/// The state once the outputs are converted, or nothing where they do not fit.
std::optional<State> finish(const Problem& problem, State state, const Spelled& spelled) {
  const std::vector<int>& outputs = problem.lifetimes.live.back();
  int64_t live = 0;
  for (const int tensor : outputs) live += own_bytes(problem, spelled, tensor);
  state.peak_bytes = std::max(state.peak_bytes, live);
  for (const int tensor : outputs) {
    const TensorCosts& output = problem.costs.tensors[tensor];
    const int from = spelled.layout[tensor];
    if (from == output.fixed_layout) continue;
    if (output.conversion_ns[from][output.fixed_layout] < 0) return std::nullopt;
    state.time_ns += output.conversion_ns[from][output.fixed_layout];
    const int64_t between = bytes_between(output, from, output.fixed_layout);
    state.peak_bytes = std::max(state.peak_bytes, live + output.bytes[output.fixed_layout] + between);
    live += output.bytes[output.fixed_layout] - output.bytes[from];
  }
  if (state.peak_bytes > problem.ram_bytes) return std::nullopt;
  return state;
}

bool codes_fit(const Problem& problem) {
  return std::ranges::all_of(problem.concats_of, [&](const std::vector<int>& concats) {
    return (concats.size() + 1) * problem.costs.layouts.size() < 256;
  });
}

std::vector<int> trace(const std::vector<Layer>& layers, int last) {
  std::vector<int> choice(layers.size() - 1);
  for (size_t step = layers.size() - 1; step > 0; --step) {
    choice[step - 1] = layers[step].states[last].candidate;
    last = layers[step].states[last].parent;
  }
  return choice;
}

}  // namespace

DynamicProgramme dynamic_programme(const CostTable& costs, int64_t ram_bytes, Minimize minimize, int64_t max_states) {
  using Status = DynamicProgramme::Status;
  const Problem problem = make_problem(costs, ram_bytes, minimize);
  DynamicProgramme result;
  if (!codes_fit(problem)) return result;
  std::vector<Layer> layers(costs.nodes.size() + 1);
  Spelled spelled{std::vector<int>(costs.tensors.size()), std::vector<int>(costs.tensors.size(), -1),
                  std::vector<bool>(costs.siblings.size())};
  std::string inputs;
  for (const int tensor : problem.lifetimes.live[0])
    inputs += code(problem, tensor, costs.tensors[tensor].fixed_layout, -1);
  reach(layers[0], inputs, {}, minimize);
  for (int node = 0; node < static_cast<int>(costs.nodes.size()); ++node) {
    for (int parent = 0; parent < static_cast<int>(layers[node].states.size()); ++parent) {
      spell(problem, node, layers[node].keys[parent], spelled);
      extend(problem, node, layers[node], parent, spelled, layers[node + 1]);
      if (result.states + static_cast<int64_t>(layers[node + 1].states.size()) > max_states) return result;
    }
    result.states += static_cast<int64_t>(layers[node + 1].states.size());
    layers[node].keys.clear();
    layers[node].index.clear();
  }
  result.status = Status::kInfeasible;
  std::optional<State> best;
  int best_place = -1;
  for (int place = 0; place < static_cast<int>(layers.back().states.size()); ++place) {
    spell(problem, static_cast<int>(costs.nodes.size()), layers.back().keys[place], spelled);
    const std::optional<State> end = finish(problem, layers.back().states[place], spelled);
    if (!end || (best && !better(*end, *best, minimize))) continue;
    best = end;
    best_place = place;
  }
  if (best) {
    result.status = Status::kSolved;
    result.choice = trace(layers, best_place);
  }
  return result;
}

}  // namespace snug
