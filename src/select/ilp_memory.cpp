// Memory rows of the selection programme: what evaluate.cpp calls alive, as sums of columns.
#include <algorithm>

#include "base/text.h"
#include "select/ilp_builder.h"

namespace snug::ilp {
namespace {

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

}  // namespace

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

}  // namespace snug::ilp
