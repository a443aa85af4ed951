#include "select/ilp_builder.h"

#include "base/error.h"
#include "base/text.h"

namespace snug::ilp {

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

void add_siblings(const Builder& builder, int node, int group, int64_t weight, std::vector<IlpTerm>& terms) {
  for (size_t k = 0; k < builder.model.kept[node].size(); ++k) {
    const Candidate& candidate = builder.costs.nodes[node].candidates[builder.model.kept[node][k]];
    if (candidate.siblings == group) add_term(terms, builder.model.chosen[node][k], weight);
  }
}

}  // namespace snug::ilp
