#include "graph/siblings.h"

#include <algorithm>

#include "base/error.h"

namespace snug {

namespace {

std::optional<Lowered> lowered(const Graph& graph, const std::vector<int>& group) {
  std::vector<const Node*> nodes;
  for (const int index : group) nodes.push_back(&graph.nodes[static_cast<size_t>(index)]);
  const Operator& op = *nodes.front()->op;
  const auto same = [&](const Node* node) { return node->op == &op; };
  if (op.lower_siblings == nullptr || !std::ranges::all_of(nodes, same)) return std::nullopt;
  return op.lower_siblings(graph, nodes);
}

/// Adds the groups among some readers of one tensor: each begins with the first node that has none yet.
void add_groups(const Graph& graph, std::vector<int> readers, std::vector<std::vector<int>>& groups) {
  while (!readers.empty()) {
    std::vector<int> group{readers.front()}, others;
    for (size_t i = 1; i < readers.size(); ++i) {
      group.push_back(readers[i]);
      if (lowered(graph, group)) continue;
      group.pop_back();
      others.push_back(readers[i]);
    }
    if (group.size() > 1) groups.push_back(group);
    readers = std::move(others);
  }
}

}  // namespace

std::vector<std::vector<int>> siblings(const Graph& graph) {
  std::vector<std::vector<int>> groups;
  const std::vector<std::vector<int>> readers = consumers(graph);
  for (size_t id = 0; id < readers.size(); ++id) {
    if (graph.tensors[id].constant == nullptr) add_groups(graph, readers[id], groups);
  }
  std::ranges::sort(groups);
  return groups;
}

Lowered lower_siblings(const Graph& graph, const std::vector<int>& group) {
  const std::optional<Lowered> together = lowered(graph, group);
  CHECK(together, "not siblings");
  return *together;
}

}  // namespace snug
