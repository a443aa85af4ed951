// What selection needs to know, and nothing else: candidates with their prices, tensors with their sizes, and
// what a change of layout costs. Independent of graphs and kernels, so that selection can be tested on tables
// of numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/layout.h"

namespace snug {

struct Primitive;
enum class Split : uint8_t;

/// A layout that a tensor inside of a fusion can have besides those of kLayouts: nothing of it exists, for its memory
/// already holds the fusion's output in c16. The nodes behind the first take that memory over and have nothing to do.
/// There are no conversions to it and from it.
inline constexpr int kAheadLayout = static_cast<int>(kLayouts.size());

/// One way to compute a node. Layouts are indices into kLayouts, or kAheadLayout; sizes are multiples of 64.
struct Candidate {
  const Primitive* primitive = nullptr;  ///< null for an alias (reshape) and in tests
  int32_t block = 0;                     ///< the knob
  Split split{};                         ///< how its calls are shared out among the table's threads; 0: they are not
  std::vector<int> input_layouts;        ///< one per data input of the node
  int output_layout = 0;
  int64_t time_ns = 0;
  int64_t workspace_bytes = 0;
  int64_t weight_bytes = 0;  ///< flash
  int in_place = -1;  ///< data input whose memory the output takes over (it dies here, or is a converted copy); -1
  int fusion = -1;    ///< index into fusions(graph): the call computes that, and the output lies in kAheadLayout; -1
  bool copy_free = false;  ///< concat: every input was written straight into its slice of the output; no call at all
  int siblings = -1;  ///< index into CostTable::siblings: the call of their first node makes all their outputs, the
                      ///< others have nothing to do; -1
};

/// Whether two candidates of a node read and leave behind the same, so that the better one can stand for the other.
inline bool same_form(const Candidate& a, const Candidate& b) {
  return a.input_layouts == b.input_layouts && a.output_layout == b.output_layout && a.in_place == b.in_place &&
         a.copy_free == b.copy_free && a.siblings == b.siblings;
}

/// A node. `inputs` are tensors (a tensor may stand there twice); `candidates` is never empty.
struct NodeCosts {
  std::string name;
  std::vector<int> inputs;
  int output = 0;
  std::vector<Candidate> candidates;
};

/// A tensor; one that no node produces and that is no input is a constant, and needs no RAM. The network's inputs are
/// produced before node 0 in `fixed_layout`; its outputs are converted to `fixed_layout` after the last node and live
/// to the end.
struct TensorCosts {
  std::string name;
  std::vector<int64_t> bytes;                       ///< per layout, a multiple of 64
  std::vector<std::vector<int64_t>> conversion_ns;  ///< [from][to], 0 on the diagonal; < 0: there is no such conversion
  std::vector<std::vector<int>> conversion_via;     ///< [from][to]: the layout between the two steps of a composed
                                                    ///< conversion, -1: a single step; empty: all are
  std::vector<std::vector<Split>> conversion_split;  ///< [from][to]: how the conversion is shared out among threads
  bool is_input = false, is_output = false;
  int fixed_layout = 0;
};

/// Layout between the two steps of a conversion, -1: a single step.
inline int layout_between(const TensorCosts& tensor, int from, int to) {
  return tensor.conversion_via.empty() ? -1 : tensor.conversion_via[from][to];
}

/// What a conversion needs beside the map that it reads and the copy that it makes: the map between its steps.
inline int64_t bytes_between(const TensorCosts& tensor, int from, int to) {
  const int via = layout_between(tensor, from, to);
  return via < 0 ? 0 : tensor.bytes[via];
}

/// Nodes that one call can compute. Either all of them take a candidate of the group or none does.
struct SiblingCosts {
  std::vector<int> nodes;  ///< in execution order, at least two
  int output_layout = 0;   ///< of all outputs, if one call makes them
};

struct CostTable {
  std::vector<std::string> layouts;  ///< names, for messages
  std::vector<TensorCosts> tensors;
  std::vector<NodeCosts> nodes;  ///< in execution order
  std::vector<SiblingCosts> siblings;
  int threads = 1;  ///< on which the network will run
};

}  // namespace snug
