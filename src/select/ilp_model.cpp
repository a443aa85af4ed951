// Variables and rows of the selection programme.
//
//   x(i,p)          node i takes candidate p
//   o(v,l)          tensor v is produced in layout l
//   y(j,k,l,l')     slot k of node j finds its tensor in l and reads it in l'; l = l': no conversion
//   z(c,l)          concat c is copy-free in layout l: the x of that candidate
//   h(j,v,l)        tensor v, last read by j, is held unconverted in l while j runs: only where one y does
//   not say it
//
// Memory rows (ilp_memory.cpp) count blocks of 64 bytes and are linear because every "alive" is one of: always; o - z;
// y; h; the x of a candidate that a sibling's call makes. No row needs a big constant: a row for a conversion that does
// not happen is implied by those that do.
#include "select/ilp_model.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/error.h"
#include "select/ilp_builder.h"
#include "select/prefilter.h"

namespace snug {

using namespace ilp;

namespace {

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
      builder.first[node] = builder.lifetimes.first_producer[node];
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
