// What the parts of the integer programme are built from: columns that several rows mention, and how rows are added.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "select/ilp_model.h"
#include "select/selection.h"

namespace snug::ilp {

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

/// Sizes count blocks of 64 bytes.
int64_t blocks(int64_t bytes);

int layouts(const Builder& builder);
int nodes(const Builder& builder);

int add_column(IlpModel& model, int64_t cost, bool integer);

/// Nothing where there is no such column (-1).
void add_term(std::vector<IlpTerm>& terms, int column, int64_t weight);

/// Adds a row, with every column once; leaves out rows that hold for any values in [0, 1].
void add_row(IlpModel& model, int64_t lower, int64_t upper, const std::vector<IlpTerm>& terms);

/// y and z, or -1.
int read_column(const Builder& builder, int node, int slot, int from, int to);
int copy_free_column(const Builder& builder, int concat, int layout);

/// The candidates of a group of siblings that a node may take, each with this weight.
void add_siblings(const Builder& builder, int node, int group, int64_t weight, std::vector<IlpTerm>& terms);

/// The rows that keep live bytes below the limit: while a node's inputs are converted and while it runs
/// (ilp_memory.cpp).
void add_memory_rows(Builder& builder, int node);

/// While the network's outputs are converted.
void add_end_rows(Builder& builder);

}  // namespace snug::ilp
