#include "graph/fusion.h"

#include <algorithm>
#include <utility>

namespace snug {

namespace {

constexpr size_t kLongestChain = 3;

struct Search {
  const Graph& graph;
  std::vector<std::vector<int>> readers;
  std::vector<TensorId> becomes;  // per tensor inside of a fusion: the output; else kNoTensor
  std::vector<Fusion> found;
};

/// The node that alone reads a tensor, once; -1 where there is none.
int only_reader(const Search& search, TensorId id) {
  const std::vector<int>& readers = search.readers.at(static_cast<size_t>(id));
  if (readers.size() != 1 || std::ranges::count(search.graph.outputs, id) > 0) return -1;
  const Node& reader = search.graph.nodes[static_cast<size_t>(readers.front())];
  return std::ranges::count(reader.inputs, id) == 1 ? readers.front() : -1;
}

/// Keeps a fusion unless one of its inner tensors already belongs to another output.
void keep(Search& search, Fusion fusion) {
  std::vector<TensorId> inner;
  for (size_t i = 0; i + 1 < fusion.nodes.size(); ++i) {
    inner.push_back(search.graph.nodes[static_cast<size_t>(fusion.nodes[i])].output);
  }
  const auto claimed = [&](TensorId id) {
    const TensorId output = search.becomes[static_cast<size_t>(id)];
    return output != kNoTensor && output != fusion.node.output;
  };
  if (std::ranges::any_of(inner, claimed)) return;
  for (const TensorId id : inner) search.becomes[static_cast<size_t>(id)] = fusion.node.output;
  search.found.push_back(std::move(fusion));
}

void fuse_from(Search& search, int first) {
  const Graph& graph = search.graph;
  std::vector<int> nodes{first};
  std::vector<const Node*> chain{&graph.nodes[static_cast<size_t>(first)]};
  while (chain.size() < kLongestChain) {
    const int next = only_reader(search, chain.back()->output);
    if (next < 0) return;
    nodes.push_back(next);
    chain.push_back(&graph.nodes[static_cast<size_t>(next)]);
    for (const Operator* op : all_operators()) {
      if (op->fuse == nullptr) continue;
      if (std::optional<Node> node = op->fuse(graph, chain)) keep(search, {std::move(*node), nodes});
    }
  }
}

}  // namespace

std::vector<Fusion> fusions(const Graph& graph) {
  Search search{graph, consumers(graph), std::vector<TensorId>(graph.tensors.size(), kNoTensor), {}};
  for (int node = 0; node < static_cast<int>(graph.nodes.size()); ++node) fuse_from(search, node);
  return std::move(search.found);
}

}  // namespace snug
