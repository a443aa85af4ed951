// Variables and rows of the selection programme.
//
//   x(i,p)          node i takes candidate p
//   o(v,l)          tensor v is produced in layout l
//   y(j,k,l,l')     slot k of node j finds its tensor in l and reads it in l'; l = l': no conversion
//   z(c,l)          concat c is copy-free in layout l: the x of that candidate
//   h(j,v,l)        tensor v, last read by j, is held unconverted in l while j runs: only where one y does
//   not say it
//
// Memory rows count blocks of 64 bytes and are linear because every "alive" is one of: always; o - z; y; h.
// No row needs a big constant: a row for a conversion that does not happen is implied by those that do.
#include "select/ilp_model.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "select/prefilter.h"

namespace snug {
namespace {

/// What the rows are built from.
struct Builder {
  const CostTable& costs;
  const Limits& limits;
  Lifetimes lifetimes;
  IlpModel model;
  std::vector<std::vector<int>> concats_of;             ///< per tensor: concats that may hold it
  std::map<std::pair<int, int>, int> copy_free_column;  ///< (concat, layout): z
  std::map<int, int> first;                             ///< concat: first producer
};

int64_t blocks(int64_t bytes) {
  CHECK(bytes % kAlignmentBytes == 0, "sizes in a cost table are multiples of 64");
  return bytes / kAlignmentBytes;
}

int add_column(IlpModel& model, int64_t cost, bool integer) {
  model.costs.push_back(cost);
  model.integer.push_back(integer);
  return static_cast<int>(model.costs.size()) - 1;
}

void add_term(std::vector<IlpTerm>& terms, int column, int64_t weight) {
  if (column >= 0 && weight != 0) terms.push_back({column, weight});
}

/// Adds a row, with every column once; leaves out rows that hold for any values in [0, 1].
void add_row(IlpModel& model, int64_t lower, int64_t upper, const std::vector<IlpTerm>& terms) {
  std::map<int, int64_t> merged;
  for (const IlpTerm& term : terms) merged[term.column] += term.weight;
  IlpRow row{lower, upper, {}};
  int64_t least = 0, most = 0;
  for (const auto& [column, weight] : merged) {
    add_term(row.terms, column, weight);
    (weight < 0 ? least : most) += weight;
  }
  if (least < lower || most > upper) model.rows.push_back(std::move(row));
}

int read_column(const Builder& builder, int node, int slot, int from, int to) {
  const auto found = builder.model.read.find({node, slot, from, to});
  return found == builder.model.read.end() ? -1 : found->second;
}

int copy_free_column(const Builder& builder, int concat, int layout) {
  const auto found = builder.copy_free_column.find({concat, layout});
  return found == builder.copy_free_column.end() ? -1 : found->second;
}

int layouts(const Builder& builder) {
  return static_cast<int>(builder.costs.layouts.size());
}
int nodes(const Builder& builder) {
  return static_cast<int>(builder.costs.nodes.size());
}

int64_t price(const Candidate& candidate, IlpObjective objective) {
  return objective == IlpObjective::kTime ? candidate.time_ns : candidate.weight_bytes;
}

/// Leaves out candidates with which the objective would exceed `at_most` even if all other nodes took their
/// cheapest.
void drop_too_dear(Builder& builder, IlpObjective objective, int64_t at_most) {
  std::vector<int64_t> least;
  for (int node = 0; node < nodes(builder); ++node) {
    int64_t cheapest = std::numeric_limits<int64_t>::max();
    for (const int index : builder.model.kept[node]) {
      cheapest = std::min(cheapest, price(builder.costs.nodes[node].candidates[index], objective));
    }
    least.push_back(cheapest);
    builder.model.offset += cheapest;
  }
  for (int node = 0; node < nodes(builder) && at_most != kNoLimit; ++node) {
    std::erase_if(builder.model.kept[node], [&](int index) {
      return price(builder.costs.nodes[node].candidates[index], objective) - least[node] >
             at_most - builder.model.offset;
    });
  }
}

void add_choices(Builder& builder, IlpObjective objective) {
  IlpModel& model = builder.model;
  model.chosen.resize(nodes(builder));
  for (int node = 0; node < nodes(builder); ++node) {
    const std::vector<Candidate>& candidates = builder.costs.nodes[node].candidates;
    int64_t cheapest = std::numeric_limits<int64_t>::max();
    for (const int index : model.kept[node]) cheapest = std::min(cheapest, price(candidates[index], objective));
    std::vector<IlpTerm> one;
    for (const int index : model.kept[node]) {
      const int column = add_column(model, price(candidates[index], objective) - cheapest, true);
      model.chosen[node].push_back(column);
      add_term(one, column, 1);
      if (!candidates[index].copy_free) continue;
      const bool only =
          builder.copy_free_column.emplace(std::pair(node, candidates[index].output_layout), column).second;
      CHECK(only, builder.costs.nodes[node].name + " has two copy-free candidates in one layout");
      builder.first[node] = first_producer(builder.costs, builder.lifetimes, node);
    }
    add_row(model, 1, 1, one);
  }
  for (const auto& [concat, step] : builder.first) {
    for (const int tensor : builder.costs.nodes[concat].inputs) builder.concats_of[tensor].push_back(concat);
  }
}

void add_produced(Builder& builder, IlpObjective objective) {
  IlpModel& model = builder.model;
  const size_t tensors = builder.costs.tensors.size();
  model.produced.assign(tensors, std::vector<int>(layouts(builder), -1));
  for (size_t tensor = 0; tensor < tensors; ++tensor) {
    const TensorCosts& costs = builder.costs.tensors[tensor];
    const int producer = builder.lifetimes.of[tensor].producer;
    for (int layout = 0; layout < layouts(builder); ++layout) {
      std::vector<IlpTerm> terms;
      for (size_t k = 0; producer >= 0 && k < model.kept[producer].size(); ++k) {
        const Candidate& candidate = builder.costs.nodes[producer].candidates[model.kept[producer][k]];
        if (candidate.output_layout == layout) add_term(terms, model.chosen[producer][k], 1);
      }
      const bool given = producer < 0 && layout == costs.fixed_layout;
      if (terms.empty() && !given) continue;
      const bool timed = costs.is_output && objective == IlpObjective::kTime;
      const int column = add_column(model, timed ? costs.conversion_ns[layout][costs.fixed_layout] : 0, true);
      model.produced[tensor][layout] = column;
      add_term(terms, column, given ? 1 : -1);
      add_row(model, given ? 1 : 0, given ? 1 : 0, terms);
    }
  }
}

std::set<int> slot_layouts(const Builder& builder, int node, int slot) {
  std::set<int> result;
  for (const int index : builder.model.kept[node]) {
    result.insert(builder.costs.nodes[node].candidates[index].input_layouts[slot]);
  }
  return result;
}

/// The transport rows of one slot: what is produced in l is read in exactly one l', and the other way round.
void add_slot(Builder& builder, int node, int slot, IlpObjective objective) {
  IlpModel& model = builder.model;
  const int tensor = builder.costs.nodes[node].inputs[slot];
  const TensorCosts& costs = builder.costs.tensors[tensor];
  const std::set<int> wanted = slot_layouts(builder, node, slot);
  std::map<int, std::vector<IlpTerm>> into;
  for (int from = 0; from < layouts(builder); ++from) {
    if (model.produced[tensor][from] < 0) continue;
    std::vector<IlpTerm> out{{model.produced[tensor][from], -1}};
    for (const int to : wanted) {
      if (costs.conversion_ns[from][to] < 0) continue;
      const int64_t time = objective == IlpObjective::kTime ? costs.conversion_ns[from][to] : 0;
      const int column = add_column(model, time, false);
      model.read[{node, slot, from, to}] = column;
      add_term(out, column, 1);
      add_term(into[to], column, 1);
    }
    add_row(model, 0, 0, out);
  }
  for (const int to : wanted) {
    for (size_t k = 0; k < model.kept[node].size(); ++k) {
      const Candidate& candidate = builder.costs.nodes[node].candidates[model.kept[node][k]];
      if (candidate.input_layouts[slot] == to) add_term(into[to], model.chosen[node][k], -1);
    }
    add_row(model, 0, 0, into[to]);
  }
}

void add_in_place_rules(Builder& builder, int node) {
  IlpModel& model = builder.model;
  std::map<std::pair<int, int>, std::vector<IlpTerm>> takers;  // (slot, layout)
  for (size_t k = 0; k < model.kept[node].size(); ++k) {
    const Candidate& candidate = builder.costs.nodes[node].candidates[model.kept[node][k]];
    if (candidate.in_place >= 0) {
      add_term(takers[{candidate.in_place, candidate.input_layouts[candidate.in_place]}], model.chosen[node][k], 1);
    }
  }
  for (const auto& [place, terms] : takers) {
    const auto [slot, layout] = place;
    std::vector<IlpTerm> row = terms;
    for (int from = 0; from < layouts(builder); ++from) {
      if (from != layout) add_term(row, read_column(builder, node, slot, from, layout), -1);
    }
    if (!takes_over(builder.costs, builder.lifetimes, node, slot)) {
      add_row(model, -kNoLimit, 0, row);
      continue;
    }
    const std::vector<int>& concats = builder.concats_of[builder.costs.nodes[node].inputs[slot]];
    if (concats.empty()) continue;
    for (const int concat : concats) {
      add_term(row, copy_free_column(builder, concat, layout), 1);
    }
    add_row(model, -kNoLimit, 1, row);
  }
}

void add_copy_free_rules(Builder& builder) {
  IlpModel& model = builder.model;
  for (const auto& [place, column] : builder.copy_free_column) {
    const auto [concat, layout] = place;
    const std::vector<int>& inputs = builder.costs.nodes[concat].inputs;
    for (size_t slot = 0; slot < inputs.size(); ++slot) {
      std::vector<IlpTerm> unconverted{{column, 1}};
      add_term(unconverted, read_column(builder, concat, static_cast<int>(slot), layout, layout), -1);
      add_row(model, -kNoLimit, 0, unconverted);
      const int producer = builder.lifetimes.of[inputs[slot]].producer;
      std::vector<IlpTerm> unfit{{column, 1}};
      for (size_t k = 0; k < model.kept[producer].size(); ++k) {
        const Candidate& candidate = builder.costs.nodes[producer].candidates[model.kept[producer][k]];
        const bool fits = candidate.in_place < 0 && !candidate.copy_free &&
                          !made_by_sibling(builder.costs, producer, candidate.siblings);
        if (!fits && candidate.output_layout == layout) add_term(unfit, model.chosen[producer][k], 1);
      }
      add_row(model, -kNoLimit, 1, unfit);
    }
  }
  for (size_t tensor = 0; tensor < builder.concats_of.size(); ++tensor) {
    std::vector<IlpTerm> one;
    for (const int concat : builder.concats_of[tensor]) {
      for (int layout = 0; layout < layouts(builder); ++layout) {
        add_term(one, copy_free_column(builder, concat, layout), 1);
      }
    }
    add_row(model, -kNoLimit, 1, one);
  }
}

/// The candidates of a group that a node may take, each with this weight.
void add_siblings(const Builder& builder, int node, int group, int64_t weight, std::vector<IlpTerm>& terms) {
  for (size_t k = 0; k < builder.model.kept[node].size(); ++k) {
    const Candidate& candidate = builder.costs.nodes[node].candidates[builder.model.kept[node][k]];
    if (candidate.siblings == group) add_term(terms, builder.model.chosen[node][k], weight);
  }
}

/// All nodes of a group take a candidate of it, or none does.
void add_sibling_rules(Builder& builder) {
  for (int group = 0; group < static_cast<int>(builder.costs.siblings.size()); ++group) {
    const std::vector<int>& nodes = builder.costs.siblings[group].nodes;
    for (const int node : nodes) {
      std::vector<IlpTerm> same;
      if (node == nodes.front()) continue;
      add_siblings(builder, nodes.front(), group, 1, same);
      add_siblings(builder, node, group, -1, same);
      add_row(builder.model, 0, 0, same);
    }
  }
}

/// A tensor's own bytes: in the layout produced, nothing where it lies in a concat's buffer.
void add_tensor(const Builder& builder, int tensor, std::vector<IlpTerm>& terms) {
  for (int layout = 0; layout < layouts(builder); ++layout) {
    const int64_t size = blocks(builder.costs.tensors[tensor].bytes[layout]);
    add_term(terms, builder.model.produced[tensor][layout], size);
    for (const int concat : builder.concats_of[tensor]) {
      add_term(terms, copy_free_column(builder, concat, layout), -size);
    }
  }
}

const IlpHeld& held_column(Builder& builder, int node, int tensor, int layout) {
  const auto [place, inserted] = builder.model.held.try_emplace({node, tensor, layout});
  IlpHeld& held = place->second;
  if (!inserted) return held;
  const std::vector<int>& inputs = builder.costs.nodes[node].inputs;
  for (size_t slot = 0; slot < inputs.size(); ++slot) {
    const int read = read_column(builder, node, static_cast<int>(slot), layout, layout);
    if (inputs[slot] == tensor && read >= 0) held.read.push_back(read);
  }
  for (const int concat : builder.concats_of[tensor]) {
    const int column = copy_free_column(builder, concat, layout);
    if (column >= 0) held.copy_free.push_back(column);
  }
  if (held.read.size() == 1 && held.copy_free.empty()) {
    held.column = held.read[0];
    held.read.clear();
  } else if (!held.read.empty()) {
    held.column = add_column(builder.model, 0, false);
    for (const int read : held.read) {
      std::vector<IlpTerm> row{{held.column, 1}, {read, -1}};
      for (const int column : held.copy_free) add_term(row, column, 1);
      add_row(builder.model, 0, kNoLimit, row);
    }
  }
  return held;
}

/// A tensor before `node` runs, once the node's slots before `slot` are converted where they need it.
void add_original(Builder& builder, int node, int slot, int tensor, std::vector<IlpTerm>& terms) {
  const std::vector<int>& inputs = builder.costs.nodes[node].inputs;
  const bool waits = std::find(inputs.begin() + slot, inputs.end(), tensor) != inputs.end();
  const bool read = std::ranges::count(inputs, tensor) > 0;
  if (waits || !read || builder.lifetimes.of[tensor].last > node) {
    add_tensor(builder, tensor, terms);
    return;
  }
  for (int layout = 0; layout < layouts(builder); ++layout) {
    if (builder.model.produced[tensor][layout] < 0) continue;
    add_term(terms, held_column(builder, node, tensor, layout).column,
             blocks(builder.costs.tensors[tensor].bytes[layout]));
  }
}

/// Returns whether the slot can be converted at all.
bool add_copy(const Builder& builder, int node, int slot, std::vector<IlpTerm>& terms) {
  const TensorCosts& tensor = builder.costs.tensors[builder.costs.nodes[node].inputs[slot]];
  bool any = false;
  for (int from = 0; from < layouts(builder); ++from) {
    for (int to = 0; to < layouts(builder); ++to) {
      const int column = from == to ? -1 : read_column(builder, node, slot, from, to);
      any |= column >= 0;
      add_term(terms, column, blocks(tensor.bytes[to]));
    }
  }
  return any;
}

/// The map between the steps of the slot's conversion, where that is composed.
void add_between(const Builder& builder, int node, int slot, std::vector<IlpTerm>& terms) {
  const TensorCosts& tensor = builder.costs.tensors[builder.costs.nodes[node].inputs[slot]];
  for (int from = 0; from < layouts(builder); ++from) {
    for (int to = 0; to < layouts(builder); ++to) {
      const int column = from == to ? -1 : read_column(builder, node, slot, from, to);
      if (column >= 0) add_term(terms, column, blocks(bytes_between(tensor, from, to)));
    }
  }
}

/// Buffers of copy-free concats that are open when `node` starts, and what siblings have made; with `running` those
/// that it begins, too, but not the one that it ends, which its own output stands for.
void add_buffers(const Builder& builder, int node, bool running, std::vector<IlpTerm>& terms) {
  for (const auto& [place, column] : builder.copy_free_column) {
    const auto [concat, layout] = place;
    const int begin = builder.first.at(concat);
    const bool open = running ? begin <= node && node < concat : begin < node && node <= concat;
    const int output = builder.costs.nodes[concat].output;
    if (open) add_term(terms, column, blocks(builder.costs.tensors[output].bytes[layout]));
  }
  for (int group = 0; group < static_cast<int>(builder.costs.siblings.size()); ++group) {
    const SiblingCosts& siblings = builder.costs.siblings[group];
    for (const int sibling : made_before(siblings, running ? node + 1 : node)) {
      const int output = builder.costs.nodes[sibling].output;
      add_siblings(builder, sibling, group, blocks(builder.costs.tensors[output].bytes[siblings.output_layout]), terms);
    }
  }
}

void add_output(const Builder& builder, int node, std::vector<IlpTerm>& terms) {
  const int output = builder.costs.nodes[node].output;
  const std::vector<int64_t>& bytes = builder.costs.tensors[output].bytes;
  for (size_t k = 0; k < builder.model.kept[node].size(); ++k) {
    const Candidate& candidate = builder.costs.nodes[node].candidates[builder.model.kept[node][k]];
    const int64_t own = candidate.in_place >= 0 ? 0 : bytes[candidate.output_layout];
    add_term(terms, builder.model.chosen[node][k], blocks(own + candidate.workspace_bytes));
  }
  for (const int concat : builder.concats_of[output]) {
    for (int layout = 0; layout < layouts(builder); ++layout) {
      add_term(terms, copy_free_column(builder, concat, layout), -blocks(bytes[layout]));
    }
  }
}

void add_memory_rows(Builder& builder, int node) {
  const int64_t limit = builder.limits.ram_bytes / kAlignmentBytes;
  const int slots = static_cast<int>(builder.costs.nodes[node].inputs.size());
  std::vector<IlpTerm> copies;
  for (int slot = 0; slot < slots; ++slot) {
    if (!add_copy(builder, node, slot, copies)) continue;
    std::vector<IlpTerm> row = copies;
    add_between(builder, node, slot, row);
    for (const int tensor : builder.lifetimes.live[node]) add_original(builder, node, slot, tensor, row);
    add_buffers(builder, node, false, row);
    add_row(builder.model, -kNoLimit, limit, row);
  }
  std::vector<IlpTerm> row = copies;
  for (const int tensor : builder.lifetimes.live[node]) add_original(builder, node, slots, tensor, row);
  add_buffers(builder, node, true, row);
  add_output(builder, node, row);
  add_row(builder.model, -kNoLimit, limit, row);
}

void add_end_rows(Builder& builder) {
  const int64_t limit = builder.limits.ram_bytes / kAlignmentBytes;
  const std::vector<int>& outputs = builder.lifetimes.live.back();
  int64_t converted = 0;
  for (size_t k = 0; k < outputs.size(); ++k) {
    std::vector<IlpTerm> row;
    for (size_t waiting = k; waiting < outputs.size(); ++waiting) add_tensor(builder, outputs[waiting], row);
    const TensorCosts& output = builder.costs.tensors[outputs[k]];
    const int64_t copy = blocks(output.bytes[output.fixed_layout]);
    for (int layout = 0; layout < layouts(builder); ++layout) {
      if (layout == output.fixed_layout) continue;
      const int64_t between = blocks(bytes_between(output, layout, output.fixed_layout));
      add_term(row, builder.model.produced[outputs[k]][layout], copy + between);
    }
    add_row(builder.model, -kNoLimit, limit - converted, row);
    converted += copy;
  }
}

/// The sum of `of` over all choices (and conversions, for time) is at most `limit`.
void add_limit(Builder& builder, IlpObjective of, int64_t limit) {
  IlpModel& model = builder.model;
  std::vector<IlpTerm> row;
  for (int node = 0; node < nodes(builder); ++node) {
    int64_t least = std::numeric_limits<int64_t>::max();
    const std::vector<Candidate>& candidates = builder.costs.nodes[node].candidates;
    for (const int index : model.kept[node]) least = std::min(least, price(candidates[index], of));
    for (size_t k = 0; k < model.kept[node].size(); ++k) {
      add_term(row, model.chosen[node][k], price(candidates[model.kept[node][k]], of) - least);
    }
    limit -= least;
  }
  if (of == IlpObjective::kTime) {
    for (const auto& [place, column] : model.read) {
      const auto [node, slot, from, to] = place;
      add_term(row, column, builder.costs.tensors[builder.costs.nodes[node].inputs[slot]].conversion_ns[from][to]);
    }
    for (const int tensor : builder.lifetimes.live.back()) {
      const TensorCosts& output = builder.costs.tensors[tensor];
      for (int layout = 0; layout < layouts(builder); ++layout) {
        add_term(row, model.produced[tensor][layout], output.conversion_ns[layout][output.fixed_layout]);
      }
    }
  }
  if (limit < 0) model.infeasible = true;
  add_row(model, -kNoLimit, limit, row);
}

}  // namespace

IlpModel build_ilp(const CostTable& costs, const Limits& limits, IlpObjective objective, int64_t at_most) {
  Builder builder{costs, limits, lifetimes_of(costs), {}, {}, {}, {}};
  IlpModel& model = builder.model;
  builder.concats_of.resize(costs.tensors.size());
  Limits counted = limits;
  if (objective == IlpObjective::kFlash) counted.flash_bytes = std::min(counted.flash_bytes, kNoLimit - 1);
  model.kept = useful_candidates(costs, builder.lifetimes, counted);
  const auto empty = [](const std::vector<int>& kept) { return kept.empty(); };
  model.infeasible = std::ranges::any_of(model.kept, empty);
  if (model.infeasible) return model;
  drop_too_dear(builder, objective, at_most);
  model.infeasible = std::ranges::any_of(model.kept, empty);
  if (model.infeasible) return model;
  add_choices(builder, objective);
  add_produced(builder, objective);
  for (int node = 0; node < nodes(builder); ++node) {
    for (size_t slot = 0; slot < costs.nodes[node].inputs.size(); ++slot) {
      add_slot(builder, node, static_cast<int>(slot), objective);
    }
    add_in_place_rules(builder, node);
  }
  add_copy_free_rules(builder);
  add_sibling_rules(builder);
  if (limits.ram_bytes != kNoLimit) {
    for (int node = 0; node < nodes(builder); ++node) add_memory_rows(builder, node);
    add_end_rows(builder);
  }
  if (limits.flash_bytes != kNoLimit) add_limit(builder, IlpObjective::kFlash, limits.flash_bytes);
  if (limits.latency_ns != kNoLimit) add_limit(builder, IlpObjective::kTime, limits.latency_ns);
  return std::move(builder.model);
}

std::vector<double> column_values(const CostTable& costs, const IlpModel& model, const std::vector<int>& choice) {
  std::vector<double> values(model.costs.size(), 0);
  std::vector<int> layout(costs.tensors.size());
  for (size_t tensor = 0; tensor < costs.tensors.size(); ++tensor) layout[tensor] = costs.tensors[tensor].fixed_layout;
  for (size_t node = 0; node < choice.size(); ++node) {
    const auto place = std::ranges::find(model.kept[node], choice[node]);
    if (place == model.kept[node].end()) return {};
    values[model.chosen[node][place - model.kept[node].begin()]] = 1;
    layout[costs.nodes[node].output] = costs.nodes[node].candidates[choice[node]].output_layout;
  }
  for (size_t tensor = 0; tensor < costs.tensors.size(); ++tensor) {
    const int column = model.produced[tensor][layout[tensor]];
    if (column >= 0) values[column] = 1;
  }
  for (const auto& [place, column] : model.read) {
    const auto [node, slot, from, to] = place;
    const int reads = costs.nodes[node].candidates[choice[node]].input_layouts[slot];
    if (layout[costs.nodes[node].inputs[slot]] == from && reads == to) values[column] = 1;
  }
  for (const auto& [place, held] : model.held) {
    for (const int read : held.read) {
      double value = values[read];
      for (const int column : held.copy_free) value -= values[column];
      values[held.column] = std::max(values[held.column], value);
    }
  }
  return values;
}

}  // namespace snug
